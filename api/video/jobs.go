package video

import (
	"context"
	"net/http"
	"regexp"

	"mattebox"
)

// started is the answer to what moves a job (contracts D1).
type started struct {
	Success bool   `json:"success"`
	ID      string `json:"id"`
	Status  string `json:"status" enum:"created,processing,completed,failed,cancelled"`
	Message string `json:"message"`
}

type jobsOut struct {
	Items  []jobObject `json:"items"`
	Jobs   []jobObject `json:"jobs" doc:"The same as items."`
	Total  int         `json:"total" doc:"How many there are beside limit and offset."`
	Limit  int         `json:"limit"`
	Offset int         `json:"offset"`
}

type createIn struct{ Body creation }

type startIn struct {
	ID   string `path:"id" maxLength:"64" example:"job_0123456789abcdef"`
	Body *restart
}

type jobIn struct {
	ID string `path:"id" maxLength:"64" example:"job_0123456789abcdef"`
}

type jobsIn struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"20"`
	Offset int    `query:"offset" minimum:"0" maximum:"1000000" default:"0"`
	Status string `query:"status" enum:"created,pending,processing,completed,failed,cancelled," doc:"Only jobs at this status; pending is another word for created."`
}

func (a *api) jobOperations() {
	add(a, operation{
		method: http.MethodPost, path: "/v1/jobs", id: "createJob", tag: tagJobs, summary: "Make a job", door: keyedOne,
		description: "The job begins at once, unless auto_start is false. Credits for the length of the clip are set aside when it begins, as soon as the length is known.",
		refusals:    []int{http.StatusPaymentRequired},
	}, a.createJob)
	add(a, operation{
		method: http.MethodPost, path: "/v1/jobs/{id}/start", id: "startJob", tag: tagJobs, summary: "Start a draft, or a failed job again", door: keyedOne,
		description: "What the body says replaces what the job had; everything may be left out.",
		refusals:    []int{http.StatusPaymentRequired, http.StatusNotFound},
	}, a.startJob)
	add(a, operation{
		method: http.MethodGet, path: "/v1/jobs/{id}", id: "getJob", tag: tagJobs, summary: "See where a job stands", door: keyed,
		refusals: []int{http.StatusNotFound},
	}, a.getJob)
	add(a, operation{
		method: http.MethodGet, path: "/v1/jobs", id: "listJobs", tag: tagJobs, summary: "List the key's jobs", door: keyed, description: "Newest first.",
	}, a.listJobs)
	add(a, operation{
		method: http.MethodDelete, path: "/v1/jobs/{id}", id: "cancelJob", tag: tagJobs, summary: "Cancel a job", door: keyed,
		description: "A job that is being made stops within seconds and costs nothing. One that is at its end stays as it is (409).",
		refusals:    []int{http.StatusNotFound, http.StatusConflict},
	}, a.cancelJob)
}

func (a *api) createJob(ctx context.Context, in *createIn) (*answer[started], error) {
	order, err := in.Body.order(a.find)
	if err != nil {
		return nil, err
	}
	if err := a.checkWebhook(&order); err != nil {
		return nil, err
	}
	if err := a.Intake.Admit(ctx); err != nil {
		return nil, err
	}
	key := caller(ctx)
	start := in.Body.AutoStart == nil || *in.Body.AutoStart
	job, err := a.Jobs.CreateJob(ctx, mattebox.NewJob{Account: key.Account, Key: key.ID, Order: order, Start: start, Request: onceName(ctx)})
	if err != nil {
		return nil, short(err)
	}
	return &answer[started]{created(job)}, nil
}

// created is the answer to POST /v1/jobs.
func created(job *mattebox.Job) started {
	message := "Job started"
	if job.State == mattebox.JobCreated {
		message = "Job created; start it with POST /v1/jobs/" + job.UID + "/start"
	}
	return started{Success: true, ID: job.UID, Status: string(job.State), Message: message}
}

func (a *api) startJob(ctx context.Context, in *startIn) (*answer[started], error) {
	if err := checkJobID(in.ID); err != nil {
		return nil, err
	}
	if err := a.Intake.Admit(ctx); err != nil {
		return nil, err
	}
	change := func(o *mattebox.JobOrder) error {
		if in.Body == nil {
			return nil
		}
		if err := in.Body.order(o, a.find); err != nil {
			return err
		}
		return a.checkWebhook(o)
	}
	job, err := a.Jobs.StartJob(ctx, caller(ctx).ID, mattebox.JobStart{UID: in.ID, Change: change, Request: onceName(ctx)})
	if err != nil {
		return nil, short(notJob(err))
	}
	return &answer[started]{started{Success: true, ID: job.UID, Status: string(job.State), Message: "Job started"}}, nil
}

func (a *api) getJob(ctx context.Context, in *jobIn) (*answer[jobObject], error) {
	job, err := a.job(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &answer[jobObject]{a.object(job)}, nil
}

func (a *api) listJobs(ctx context.Context, in *jobsIn) (*answer[jobsOut], error) {
	if in.Status == "pending" { // contracts F24
		in.Status = string(mattebox.JobCreated)
	}
	filter := mattebox.JobFilter{Key: caller(ctx).ID, State: mattebox.JobState(in.Status), Limit: in.Limit, Offset: in.Offset}
	jobs, err := a.Jobs.Jobs(ctx, filter)
	if err != nil {
		return nil, err
	}
	total, err := a.Jobs.CountJobs(ctx, filter)
	if err != nil {
		return nil, err
	}
	objects := make([]jobObject, len(jobs))
	for i := range jobs {
		objects[i] = a.object(&jobs[i])
	}
	return &answer[jobsOut]{jobsOut{Items: objects, Jobs: objects, Total: total, Limit: in.Limit, Offset: in.Offset}}, nil
}

func (a *api) cancelJob(ctx context.Context, in *jobIn) (*answer[started], error) {
	if err := checkJobID(in.ID); err != nil {
		return nil, err
	}
	job, err := a.Jobs.CancelJob(ctx, caller(ctx).ID, in.ID)
	if err != nil {
		return nil, notJob(err)
	}
	return &answer[started]{started{Success: true, ID: job.UID, Status: string(job.State), Message: "Job cancelled"}}, nil
}

// job returns a job of the caller's.
func (a *api) job(ctx context.Context, uid string) (*mattebox.Job, error) {
	if err := checkJobID(uid); err != nil {
		return nil, err
	}
	job, err := a.Jobs.JobByUID(ctx, caller(ctx).ID, uid)
	return job, notJob(err)
}

// jobID is what ids of jobs look like.
var jobID = regexp.MustCompile(`^job_[0-9a-f]{16}$`)

func checkJobID(uid string) error {
	if !jobID.MatchString(uid) {
		return noJob(nil)
	}
	return nil
}

func noJob(err error) error {
	return &fault{status: http.StatusNotFound, code: codeNotFound, message: "Job not found", err: err}
}

// notJob puts the vendor's words for a job that is not there.
func notJob(err error) error {
	if mattebox.CodeOf(err) == mattebox.CodeNotFound {
		return noJob(err)
	}
	return err
}

// short puts the vendor's words for an account that cannot pay.
func short(err error) error {
	if mattebox.CodeOf(err) != mattebox.CodePayment {
		return err
	}
	return &fault{status: http.StatusPaymentRequired, code: codeCredits, message: "Not enough credits to process this video", err: err}
}

// checkWebhook refuses an address that no webhook may go to.
func (a *api) checkWebhook(o *mattebox.JobOrder) error {
	if o.WebhookURL == "" {
		return nil
	}
	return fielded("webhook_url", a.CheckURL(o.WebhookURL))
}
