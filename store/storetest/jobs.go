package storetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"mattebox"
)

func testJobs(t *testing.T, open opener) {
	for _, part := range []struct {
		name string
		test func(*testing.T, opener)
	}{
		{"road", testJobRoad}, {"draft", testJobDraft}, {"invisible", testJobKeys}, {"money", testJobMoney}, {"invoice", testJobInvoice},
		{"cancel", testJobCancel}, {"leases", testJobLeases}, {"fair", testJobFair}, {"lost jobs", testJobSweep}, {"webhooks", testJobWebhooks},
		{"uploads", testUploads}, {"retire", testRetireJobs}, {"keys", testVideoKeys}, {"usage", testVideoUsage}, {"answers", testKeptAnswers},
	} {
		t.Run(part.name, func(t *testing.T) { part.test(t, open) })
	}
}

// studio is a house that charges for video, and an account with its first key.
type studio struct {
	*house
	account mattebox.AccountID
	key     mattebox.VideoKeyID
}

// openStudio opens one; the account has so many cents and days of credit.
func openStudio(t *testing.T, open opener, cents int64, days int) *studio {
	t.Helper()
	h := build(t, open)
	h.Prices = mattebox.FlatPrices(usd(95))
	s := &studio{house: h}
	s.account, s.key = s.client("client", cents, days)
	return s
}

func (s *studio) client(name string, cents int64, days int) (mattebox.AccountID, mattebox.VideoKeyID) {
	s.t.Helper()
	account := s.customer(name, 0, cents, days)
	keys, err := s.VideoKeys(s.ctx, account)
	s.check(err)
	return account, keys[0].ID
}

// seconds is a clip of that length.
func seconds(n float64) mattebox.Clip {
	return mattebox.Clip{Container: "mp4", Codec: "h264", Width: 640, Height: 360, Duration: time.Duration(n * float64(time.Second)), Frames: int(25 * n)}
}

// upload stores an upload of the key with a clip of so many seconds.
func (s *studio) upload(n float64) *mattebox.Upload {
	s.t.Helper()
	clip := seconds(n)
	uid := mattebox.NewUploadUID()
	u, err := s.AddUpload(s.ctx, mattebox.Upload{
		UID: uid, Account: s.account, Key: s.key, Name: "dog.mp4", MediaType: "video/mp4", Bytes: 1000, BlobKey: fmt.Sprintf("%d/uploads/%s/source", s.account, uid), Clip: &clip,
	})
	s.check(err)
	return u
}

// order is one for a clip somewhere else.
func order() mattebox.JobOrder {
	return mattebox.JobOrder{
		VideoURL: "https://clips.example.com/dog.mp4", Model: mattebox.ModelOriginal, Format: mattebox.FormatWebM,
		WebhookURL: "https://client.example.com/video", Metadata: json.RawMessage(`{"order":7}`),
	}
}

func (s *studio) create(start bool, o mattebox.JobOrder) *mattebox.Job {
	s.t.Helper()
	j, err := s.CreateJob(s.ctx, mattebox.NewJob{Account: s.account, Key: s.key, Order: o, Start: start})
	s.check(err)
	return j
}

func (s *studio) take(kind mattebox.Kind) *mattebox.JobStep {
	s.t.Helper()
	step, err := s.ClaimStep(s.ctx, kind, lease)
	s.check(err)
	if step == nil {
		s.t.Fatalf("there is no step of kind %s", kind)
	}
	return step
}

func (s *studio) nothing(kind mattebox.Kind) {
	s.t.Helper()
	step, err := s.ClaimStep(s.ctx, kind, lease)
	s.check(err)
	if step != nil {
		s.t.Fatalf("a step of kind %s: %+v", kind, step)
	}
}

// spans cuts a clip into pieces of ten seconds.
func spans(c mattebox.Clip) (all []mattebox.ClipSpan) {
	for from := time.Duration(0); from < c.Duration; from += 10 * time.Second {
		to := min(from+10*time.Second, c.Duration)
		all = append(all, mattebox.ClipSpan{From: from, To: to, Frames: int((to - from).Seconds() * 25)})
	}
	return all
}

// fetch takes the next fetch to its end.
func (s *studio) fetch(c mattebox.Clip) {
	s.t.Helper()
	s.check(s.FinishJobFetch(s.ctx, s.take(mattebox.KindVideoFetch), mattebox.Fetched{Clip: c, Spans: spans(c)}))
}

// cut takes all segments that wait to their end.
func (s *studio) cut() {
	s.t.Helper()
	for {
		step, err := s.ClaimStep(s.ctx, mattebox.KindVideoSegment, lease)
		s.check(err)
		if step == nil {
			return
		}
		s.check(s.FinishSegment(s.ctx, step, segment(step)))
	}
}

func segment(step *mattebox.JobStep) mattebox.Segment {
	return mattebox.Segment{Key: fmt.Sprintf("%s/%d", step.Job.UID, step.Position), Frames: step.Span.Frames, About: json.RawMessage(fmt.Sprintf(`{"n":%d}`, step.Position))}
}

func output(length time.Duration) mattebox.Output {
	return mattebox.Output{Name: "dog.webm", Key: "1/2/dog.webm", MediaType: "video/webm", Bytes: 500, Width: 640, Height: 360, Duration: length, Frames: 100}
}

func (s *studio) join(length time.Duration) {
	s.t.Helper()
	s.check(s.FinishJob(s.ctx, s.take(mattebox.KindVideoJoin), output(length), nil))
}

// want returns the job, which has to stand there.
func (s *studio) want(uid string, state mattebox.JobState, stage mattebox.JobStage, progress int) *mattebox.Job {
	s.t.Helper()
	j, err := s.JobByUID(s.ctx, s.key, uid)
	s.check(err)
	s.wantSame("state, stage, progress of "+uid, []any{j.State, j.Stage, j.Progress}, []any{state, stage, progress})
	return j
}

func testJobRoad(t *testing.T, open opener) {
	s := openStudio(t, open, 1000, 0)
	u := s.upload(25)
	o := order()
	o.VideoURL, o.Upload = "", u.UID
	s.woken()
	created := s.create(true, o)
	s.wantSame("jobs", s.woken(), []string{"video-fetch 1"})
	s.wantSame("credits", created.Credits, mattebox.Credits(25_00))
	s.wantSame("read", s.want(created.UID, mattebox.JobProcessing, mattebox.StageFetch, 0), created)

	fetch := s.take(mattebox.KindVideoFetch)
	s.wantSame("upload of the step", fetch.Upload, u)
	s.wantSame("tries", []int{fetch.Try, fetch.Begun}, []int{1, 1})
	clip := seconds(25)
	s.check(s.FinishJobFetch(s.ctx, fetch, mattebox.Fetched{Clip: clip, Spans: spans(clip)}))
	s.wantSame("jobs", s.woken(), []string{"video-segment 2", "video-segment 3", "video-segment 4"})
	s.want(created.UID, mattebox.JobProcessing, mattebox.StageCut, 1)

	one, two := s.take(mattebox.KindVideoSegment), s.take(mattebox.KindVideoSegment)
	s.wantSame("spans", []mattebox.ClipSpan{one.Span, two.Span}, spans(clip)[:2])
	s.check(s.RenewStep(s.ctx, two, lease, 125)) // of 250, of 625
	s.want(created.UID, mattebox.JobProcessing, mattebox.StageCut, 1+19)
	s.check(s.FinishSegment(s.ctx, two, segment(two)))
	s.want(created.UID, mattebox.JobProcessing, mattebox.StageCut, 1+38)
	s.nothing(mattebox.KindVideoJoin)
	s.check(s.FinishSegment(s.ctx, one, segment(one)))
	s.cut()
	s.want(created.UID, mattebox.JobProcessing, mattebox.StageJoin, 96)

	join := s.take(mattebox.KindVideoJoin)
	var keys []string
	for _, segment := range join.Segments {
		keys = append(keys, segment.Key)
	}
	s.wantSame("segments", keys, []string{created.UID + "/1", created.UID + "/2", created.UID + "/3"})
	s.check(s.RenewStep(s.ctx, join, lease, 500))
	s.want(created.UID, mattebox.JobProcessing, mattebox.StageJoin, 97)
	s.check(s.FinishJob(s.ctx, join, output(25*time.Second), []string{"no subject found in some frames"}))
	done := s.want(created.UID, mattebox.JobCompleted, "", 100)
	s.wantSame("output", *done.Output, output(25*time.Second))
	s.wantSame("bill", []any{done.Billing, done.Credits, done.Price, done.Funding}, []any{mattebox.BillingCharged, mattebox.Credits(25_00), usd(25), mattebox.FundingBalance})
	s.wantSame("path", done.OutputPath(), fmt.Sprintf("%d/%s/output/dog.webm", s.account, done.UID))
	s.wantLost(s.FinishJob(s.ctx, join, output(25*time.Second), nil))
	s.wantCode(second(s.StartJob(s.ctx, s.key, mattebox.JobStart{UID: done.UID})), mattebox.CodeConflict, "")
	s.wantPurse(s.account, 0, 975)
	s.wantSound()
}

func testJobDraft(t *testing.T, open opener) {
	s := openStudio(t, open, 1000, 0)
	draft := s.create(false, order())
	s.want(draft.UID, mattebox.JobCreated, "", 0)
	s.nothing(mattebox.KindVideoFetch)
	s.clock.pass(time.Minute)
	started, err := s.StartJob(s.ctx, s.key, mattebox.JobStart{UID: draft.UID, Change: func(o *mattebox.JobOrder) error {
		o.Model, o.Preview = mattebox.ModelPro, 5*time.Second
		return nil
	}})
	s.check(err)
	s.wantSame("started", []any{started.Started, started.Run, started.Billing}, []any{s.clock.Now(), 1, mattebox.BillingNone})
	s.fetch(seconds(60))
	j := s.want(draft.UID, mattebox.JobProcessing, mattebox.StageCut, 1)
	s.wantSame("reserved for the preview", j.Credits, mattebox.Credits(15_00))
	s.wantSame("order", string(j.Metadata), `{"order":7}`)

	other := s.create(false, order())
	mp4 := func(o *mattebox.JobOrder) error { o.Format = mattebox.FormatMP4; return nil }
	s.wantCode(second(s.StartJob(s.ctx, s.key, mattebox.JobStart{UID: other.UID, Change: mp4})), mattebox.CodeInvalid, "output_format")
	no := errors.New("no")
	if err := second(s.StartJob(s.ctx, s.key, mattebox.JobStart{UID: other.UID, Change: func(*mattebox.JobOrder) error { return no }})); !errors.Is(err, no) {
		t.Errorf("error %v, want what change said", err)
	}
	s.want(other.UID, mattebox.JobCreated, "", 0)
	o := order()
	o.VideoURL, o.Upload = "", "vid_0000000000000000"
	_, err = s.CreateJob(s.ctx, mattebox.NewJob{Account: s.account, Key: s.key, Order: o})
	s.wantCode(err, mattebox.CodeInvalid, "video_url")

	jobs, err := s.Jobs(s.ctx, mattebox.JobFilter{Key: s.key})
	s.check(err)
	s.wantSame("newest first", []string{jobs[0].UID, jobs[1].UID}, []string{other.UID, draft.UID})
	n, err := s.CountJobs(s.ctx, mattebox.JobFilter{Key: s.key, State: mattebox.JobCreated})
	s.check(err)
	s.wantSame("drafts", n, 1)
	jobs, err = s.Jobs(s.ctx, mattebox.JobFilter{Account: s.account, Limit: 1, Offset: 1})
	s.check(err)
	s.wantSame("second", []any{len(jobs), jobs[0].UID}, []any{1, draft.UID})
	s.wantSound()
}

func testJobKeys(t *testing.T, open opener) {
	s := openStudio(t, open, 1000, 0)
	j := s.create(false, order())
	u := s.upload(1)
	other, _, err := s.AddVideoKey(s.ctx, s.account, "another", "")
	s.check(err)
	for name, call := range map[string]func() error{
		"get":    func() error { return second(s.JobByUID(s.ctx, other.ID, j.UID)) },
		"start":  func() error { return second(s.StartJob(s.ctx, other.ID, mattebox.JobStart{UID: j.UID})) },
		"cancel": func() error { return second(s.CancelJob(s.ctx, other.ID, j.UID)) },
		"upload": func() error { return second(s.Upload(s.ctx, other.ID, u.UID)) },
		"none":   func() error { return second(s.JobByUID(s.ctx, s.key, "job_0")) },
	} {
		if err := call(); mattebox.CodeOf(err) != mattebox.CodeNotFound {
			t.Errorf("%s: %v, want not found", name, err)
		}
	}
	jobs, err := s.Jobs(s.ctx, mattebox.JobFilter{Key: other.ID})
	s.check(err)
	s.wantSame("jobs of the other key", len(jobs), 0)
	for _, uid := range []string{j.UID} {
		s.check(second(s.JobByUID(s.ctx, 0, uid)))
	}
	o := order()
	o.VideoURL, o.Upload = "", u.UID
	_, err = s.CreateJob(s.ctx, mattebox.NewJob{Account: s.account, Key: other.ID, Order: o})
	s.wantCode(err, mattebox.CodeInvalid, "video_url")
	stranger, _ := s.client("stranger", 0, 0)
	_, err = s.CreateJob(s.ctx, mattebox.NewJob{Account: stranger, Key: s.key, Order: order()})
	s.wantCode(err, mattebox.CodeNotFound, "")
}

// kindsOfJob are the postings of a job in their order.
func (s *studio) kindsOfJob(id mattebox.JobID) (kinds []mattebox.PostingKind) {
	s.t.Helper()
	postings, err := s.Postings(s.ctx, mattebox.LedgerFilter{Job: id})
	s.check(err)
	for _, p := range slices.Backward(postings) {
		kinds = append(kinds, p.Kind)
	}
	return kinds
}
