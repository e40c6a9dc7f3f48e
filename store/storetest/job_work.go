package storetest

import (
	"errors"
	"testing"
	"time"

	"mattebox"
)

func testJobLeases(t *testing.T, open opener) {
	s := openStudio(t, open, 1000, 0)
	j := s.create(true, order())
	s.woken()

	// A download that is tried again.
	fetch := s.take(mattebox.KindVideoFetch)
	s.check(s.PutOffStep(s.ctx, fetch, s.clock.Now().Add(5*time.Second)))
	s.wantSame("jobs", s.woken(), []string{"video-fetch 1 +5s"})
	s.nothing(mattebox.KindVideoFetch)
	s.wantLost(s.RenewStep(s.ctx, fetch, lease, 0))
	s.clock.pass(5 * time.Second)
	fetch = s.take(mattebox.KindVideoFetch)
	s.wantSame("tries", []int{fetch.Try, fetch.Begun, fetch.Crashes}, []int{2, 2, 0})
	s.check(s.HandBackStep(s.ctx, fetch, mattebox.StepCrashed))
	fetch = s.take(mattebox.KindVideoFetch)
	s.wantSame("tries", []int{fetch.Try, fetch.Begun, fetch.Crashes}, []int{2, 3, 1})
	clip := seconds(20)
	s.check(s.FinishJobFetch(s.ctx, fetch, mattebox.Fetched{Clip: clip, Spans: spans(clip)}))

	// A segment whose worker dies: the other's work stays.
	one, two := s.take(mattebox.KindVideoSegment), s.take(mattebox.KindVideoSegment)
	s.check(s.RenewStep(s.ctx, one, lease, 200))
	s.check(s.FinishSegment(s.ctx, two, segment(two)))
	s.want(j.UID, mattebox.JobProcessing, mattebox.StageCut, 1+85)
	s.woken()
	s.clock.pass(lease)
	again := s.take(mattebox.KindVideoSegment)
	s.wantSame("the same step", []any{again.ID, again.Position, again.Begun}, []any{one.ID, 1, 2})
	s.wantSame("jobs", s.woken(), []string{"video-segment 2"})
	s.wantLost(s.FinishSegment(s.ctx, one, segment(one)))
	s.check(s.RenewStep(s.ctx, again, lease, 1))
	s.want(j.UID, mattebox.JobProcessing, mattebox.StageCut, 1+47)
	s.clock.pass(lease / 2)
	s.check(s.RenewStep(s.ctx, again, lease, 100))
	s.clock.pass(lease / 2)
	s.check(s.FinishSegment(s.ctx, again, segment(again)))
	s.join(20 * time.Second)
	s.wantSound()
}

// Ten thousand of one account's clips do not keep another's waiting.
func testJobFair(t *testing.T, open opener) {
	s := openStudio(t, open, 0, 0)
	s.Prices = nil
	for range 20 {
		s.create(true, order())
	}
	many := *s
	other, key := s.client("other", 0, 0)
	s.account, s.key = other, key
	mine := []string{s.create(true, order()).UID, s.create(true, order()).UID}
	var turns []mattebox.AccountID
	for range 5 {
		turns = append(turns, s.take(mattebox.KindVideoFetch).Job.Account)
	}
	s.wantSame("turns", turns, []mattebox.AccountID{many.account, other, many.account, other, many.account})
	jobs, err := s.Jobs(s.ctx, mattebox.JobFilter{Key: key})
	s.check(err)
	s.wantSame("jobs", []string{jobs[1].UID, jobs[0].UID}, mine)
	backlog, err := s.Backlog(s.ctx)
	s.check(err)
	s.wantSame("backlog", backlog, mattebox.Backlog{Video: 17})
}

func testJobSweep(t *testing.T, open opener) {
	s := openStudio(t, open, 1000, 0)
	s.create(true, order())
	s.create(true, order())
	s.woken()
	s.clock.pass(10 * time.Second)
	s.wantSame("idle", s.sweep().Woken, 2)
	s.wantSame("jobs", s.woken(), []string{"video-fetch 1", "video-fetch 2"})
	s.wantSame("at once again", s.sweep(), mattebox.SweepReport{})
	step := s.take(mattebox.KindVideoFetch)
	s.clock.pass(lease + time.Second)
	s.wantSame("lease", s.sweep().Steps, 1)
	s.wantLost(s.HoldsStep(s.ctx, step))

	step = s.take(mattebox.KindVideoFetch)
	s.woken()
	s.check(s.TakeOver(s.ctx))
	report := s.sweep()
	s.wantSame("after a start", []int{report.Steps, report.Woken}, []int{1, 1})
	s.wantSame("jobs", s.woken(), []string{"video-fetch 1", "video-fetch 2"})
	s.wantLost(s.RenewStep(s.ctx, step, lease, 0))
}

func testJobWebhooks(t *testing.T, open opener) {
	s := openStudio(t, open, 1000, 0)
	var told []mattebox.EventType
	s.TellJob = func(e mattebox.Event) (mattebox.NewDelivery, error) {
		told = append(told, e.Type)
		return mattebox.NewDelivery{Dialect: "video", Event: string(e.Type), URL: e.Job.WebhookURL, Body: []byte(e.Job.State)}, nil
	}
	s.Tell = func(e mattebox.Event, to mattebox.Endpoint) (mattebox.NewDelivery, error) {
		return mattebox.NewDelivery{Dialect: "hwr", Event: string(e.Type), URL: to.URL, Body: []byte(e.Job.UID)}, nil
	}
	_, _, err := s.SetEndpoint(s.ctx, s.account, "https://developer.example.com/hook", nil)
	s.check(err)
	j := s.create(true, order())
	pending := map[mattebox.EventType]mattebox.WebhookState{mattebox.EventJobStarted: mattebox.WebhookPending}
	s.wantSame("webhooks", s.want(j.UID, mattebox.JobProcessing, mattebox.StageFetch, 0).Webhooks, pending)
	all, err := s.Deliveries(s.ctx, mattebox.DeliveryFilter{Subject: j.UID})
	s.check(err)
	s.wantSame("deliveries", []any{len(all), all[0].Dialect, all[1].Dialect}, []any{2, "hwr", "video"})

	sending := s.takeDelivery(all[1].ID)
	secrets, err := s.Secrets(s.ctx, s.account)
	s.check(err)
	s.wantSame("signed with", sending.Secrets, []string{secrets.ApplicationSecret})
	s.check(s.RecordAttempt(s.ctx, mattebox.Outcome{
		Delivery: sending.Delivery.ID, Lease: sending.Lease, State: mattebox.DeliveryDelivered,
		Attempt: mattebox.Attempt{Started: s.clock.Now(), Ended: s.clock.Now(), Status: 200, Class: mattebox.AttemptDelivered},
	}))
	fetch := s.take(mattebox.KindVideoFetch)
	s.check(s.FailJob(s.ctx, fetch, mattebox.JobFault{Code: mattebox.FaultDownload, Message: "gone"}))
	s.wantSame("webhooks", s.want(j.UID, mattebox.JobFailed, "", 0).Webhooks, map[mattebox.EventType]mattebox.WebhookState{
		mattebox.EventJobStarted: mattebox.WebhookSent, mattebox.EventJobFailed: mattebox.WebhookPending,
	})
	s.clock.pass(time.Second)
	s.check(second(s.StartJob(s.ctx, s.key, mattebox.JobStart{UID: j.UID})))
	jobs, err := s.Jobs(s.ctx, mattebox.JobFilter{Key: s.key})
	s.check(err)
	s.wantSame("webhooks of the new run", jobs[0].Webhooks, pending)
	s.fetch(seconds(1))
	s.cut()
	s.join(time.Second)
	s.wantSame("told", told, []mattebox.EventType{mattebox.EventJobStarted, mattebox.EventJobFailed, mattebox.EventJobStarted, mattebox.EventJobCompleted})

	// Nothing happens untold.
	s.TellJob = func(mattebox.Event) (mattebox.NewDelivery, error) { return mattebox.NewDelivery{}, errors.New("no") }
	if _, err := s.CreateJob(s.ctx, mattebox.NewJob{Account: s.account, Key: s.key, Order: order(), Start: true}); err == nil {
		t.Error("a job was started without a word")
	}
	s.wantSame("jobs", s.number(`SELECT COUNT(*) FROM jobs`), int64(1))
}
