package video

import (
	"context"
	"net/http"

	"mattebox"
)

// downloadOut is the answer to GET /api/download/{id} (contracts D1).
type downloadOut struct {
	Success      bool   `json:"success"`
	DownloadURL  string `json:"download_url" doc:"Where the result is to be had, for a while, with ranges."`
	OutputFormat string `json:"output_format"`
	Filename     string `json:"filename"`
	Size         int64  `json:"size" doc:"Bytes."`
}

type processIn struct {
	Body struct {
		_       struct{} `json:"-" additionalProperties:"true"`
		VideoID *string  `json:"video_id,omitempty" maxLength:"64" pattern:"^(vid_[0-9a-f]{16})?$" patternDescription:"id of an upload" doc:"Of an upload; in place of video_url."`
		URL     *string  `json:"video_url,omitempty" maxLength:"2048" pattern:"^(https?://[!-~]+)?$" patternDescription:"http or https address" doc:"Address of the clip: outside, or the video_url of an upload."`
		Making
	}
}

// legacyOperations are the older paths, which needed no key (contracts D1). They do
// here, unless the service names the one that they go by.
func (a *api) legacyOperations() {
	add(a, operation{
		method: http.MethodGet, path: "/api/download/{id}", id: "download", tag: tagJobs, summary: "Get the address of a job's result", door: legacy,
		refusals: []int{http.StatusNotFound, http.StatusGone},
	}, a.download)
	op := add(a, operation{
		method: http.MethodPost, path: "/api/upload", id: "legacyUpload", tag: tagLegacy, summary: "POST /v1/uploads", door: legacy,
		refusals: []int{http.StatusConflict, http.StatusRequestTimeout},
	}, a.upload)
	op.RequestBody = uploadBody()
	add(a, operation{
		method: http.MethodPost, path: "/api/process", id: "legacyProcess", tag: tagLegacy, summary: "POST /v1/jobs", door: legacyOne,
		refusals: []int{http.StatusPaymentRequired},
	}, a.process)
	add(a, operation{
		method: http.MethodGet, path: "/api/status/{id}", id: "legacyStatus", tag: tagLegacy, summary: "GET /v1/jobs/{id}", door: legacy,
		refusals: []int{http.StatusNotFound},
	}, a.getJob)
}

func (a *api) download(ctx context.Context, in *jobIn) (*answer[downloadOut], error) {
	job, err := a.job(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if job.State != mattebox.JobCompleted || job.Output == nil {
		return nil, invalid("Job not completed")
	}
	if job.Output.Key == "" {
		return nil, &fault{status: http.StatusGone, code: codeGone, message: "The result has been removed; its retention time is over"}
	}
	return &answer[downloadOut]{downloadOut{
		Success: true, DownloadURL: a.outputURL(job), OutputFormat: string(job.Format), Filename: job.Output.Name, Size: job.Output.Bytes,
	}}, nil
}

func (a *api) process(ctx context.Context, in *processIn) (*answer[started], error) {
	body := creation{VideoURL: text(in.Body.URL), Making: in.Body.Making}
	if id := text(in.Body.VideoID); id != "" {
		body.VideoURL = a.Links.Public + "/v1/uploads/" + id
	}
	return a.createJob(ctx, &createIn{Body: body})
}
