package storetest

import (
	"fmt"
	"testing"
	"time"

	"mattebox"
)

func testUploads(t *testing.T, open opener) {
	s := openStudio(t, open, 1000, 0)
	used, idle := s.upload(5), s.upload(6)
	read, err := s.Upload(s.ctx, s.key, used.UID)
	s.check(err)
	s.wantSame("read", read, used)
	o := order()
	o.VideoURL, o.Upload = "", used.UID
	job := s.create(true, o)

	has := func(want int64) {
		t.Helper()
		bytes, err := s.UploadedBytes(s.ctx, s.account)
		s.check(err)
		s.wantSame("bytes", bytes, want)
	}
	has(2000)
	retired, err := s.RetireUploads(s.ctx, s.clock.Now(), 10)
	s.check(err)
	s.wantSame("too early", len(retired), 0)
	s.clock.pass(time.Hour)
	for range 2 { // a crash before MarkUploads
		retired, err = s.RetireUploads(s.ctx, s.clock.Now(), 10)
		s.check(err)
		s.wantSame("retired", retired, []mattebox.Upload{*idle})
		s.wantCode(second(s.Upload(s.ctx, s.key, idle.UID)), mattebox.CodeNotFound, "")
	}
	has(2000)
	s.check(s.MarkUploads(s.ctx, idle.UID, used.UID))
	has(1000)
	strangers, err := s.UploadedBytes(s.ctx, s.account+1)
	s.check(err)
	s.wantSame("another account's bytes", strangers, int64(0))
	retired, err = s.RetireUploads(s.ctx, s.clock.Now(), 10)
	s.check(err)
	s.wantSame("retired", len(retired), 0)
	s.check(second(s.Upload(s.ctx, s.key, used.UID)))
	s.check(second(s.CancelJob(s.ctx, s.key, job.UID)))
	retired, err = s.RetireUploads(s.ctx, s.clock.Now(), 10)
	s.check(err)
	s.wantSame("after the job", len(retired), 1)
}

func testRetireJobs(t *testing.T, open opener) {
	s := openStudio(t, open, 1000, 0)
	done, failed := s.create(true, order()), s.create(true, order())
	retire := func(before time.Time) (texts []string) {
		t.Helper()
		all, err := s.RetireJobs(s.ctx, before, 10)
		s.check(err)
		for _, r := range all {
			texts = append(texts, fmt.Sprint(r.Job, " ", r.Run, " ", r.All))
		}
		s.check(s.MarkJobs(s.ctx, all...))
		return texts
	}
	s.fetch(seconds(1))
	s.cut()
	s.join(time.Second)
	s.check(s.FailJob(s.ctx, s.take(mattebox.KindVideoFetch), mattebox.JobFault{Code: "x", Message: "y"}))
	never := time.Unix(0, 0)
	s.wantSame("at once", len(retire(never)), 0)
	s.clock.pass(2 * time.Minute)
	remains, err := s.RetireJobs(s.ctx, never, 10)
	s.check(err)
	s.check(second(s.StartJob(s.ctx, s.key, mattebox.JobStart{UID: failed.UID})))
	s.check(s.MarkJobs(s.ctx, remains...)) // of the failed one it is too late
	s.check(s.FailJob(s.ctx, s.take(mattebox.KindVideoFetch), mattebox.JobFault{Code: "x", Message: "y"}))
	s.wantSame("nothing new", len(retire(never)), 0)
	s.clock.pass(2 * time.Minute)
	s.wantSame("second run", retire(never), []string{"2 2 false"})
	s.wantSame("again", len(retire(never)), 0)
	if s.want(done.UID, mattebox.JobCompleted, "", 100).OutputPath() == "" {
		t.Error("the output is gone")
	}
	s.wantSame("old", retire(s.clock.Now()), []string{"1 1 true"})
	s.wantSame("again", len(retire(s.clock.Now())), 0)
	s.wantSame("output", s.want(done.UID, mattebox.JobCompleted, "", 100).OutputPath(), "")
}

func testVideoKeys(t *testing.T, open opener) {
	s := openStudio(t, open, 0, 0)
	secrets, err := s.Secrets(s.ctx, s.account)
	s.check(err)
	first, err := s.VideoKeyBySecret(s.ctx, secrets.JobsKey)
	s.check(err)
	s.wantSame("first", []any{first.ID, first.Account, first.First, first.ClientID, len(first.Fingerprint)}, []any{s.key, s.account, true, "main", 16})
	job := s.create(false, order())

	rotated, err := s.RotateKeys(s.ctx, s.account)
	s.check(err)
	s.wantCode(second(s.VideoKeyBySecret(s.ctx, secrets.JobsKey)), mattebox.CodeUnauthenticated, "")
	again, err := s.VideoKeyBySecret(s.ctx, rotated.JobsKey)
	s.check(err)
	s.wantSame("the same key", again.ID, first.ID)
	s.check(second(s.JobByUID(s.ctx, again.ID, job.UID)))

	added, secret, err := s.AddVideoKey(s.ctx, s.account, "shop 7", "for tests")
	s.check(err)
	found, err := s.VideoKeyBySecret(s.ctx, secret)
	s.check(err)
	s.wantSame("added", found, added)
	for _, disabled := range []bool{true, false} {
		k, err := s.DisableVideoKey(s.ctx, added.Fingerprint, disabled)
		s.check(err)
		s.wantSame("disabled", []any{k.ID, k.Disabled}, []any{added.ID, disabled})
		if _, err := s.VideoKeyBySecret(s.ctx, secret); (mattebox.CodeOf(err) == mattebox.CodeUnauthenticated) != disabled {
			t.Errorf("disabled %t: %v", disabled, err)
		}
	}
	for _, print := range []string{"", "zz", "0000000000000000", added.Fingerprint + "00"} {
		s.wantCode(second(s.DisableVideoKey(s.ctx, print, true)), mattebox.CodeNotFound, "")
	}
	_, _, err = s.AddVideoKey(s.ctx, s.account, "", "")
	s.wantCode(err, mattebox.CodeInvalid, "client_id")
	_, _, err = s.AddVideoKey(s.ctx, 7, "x", "")
	s.wantCode(err, mattebox.CodeNotFound, "")
	for account, want := range map[mattebox.AccountID]int{s.account: 2, 0: 2, 7: 0} {
		keys, err := s.VideoKeys(s.ctx, account)
		s.check(err)
		s.wantSame(fmt.Sprint("keys of ", account), len(keys), want)
	}
}

func testVideoUsage(t *testing.T, open opener) {
	s := openStudio(t, open, 1000, 0)
	began := s.clock.Now()
	u := s.upload(10)
	o := order()
	o.VideoURL, o.Upload = "", u.UID
	for range 2 {
		s.create(true, o)
		s.fetch(seconds(10))
		s.cut()
		s.join(10 * time.Second)
	}
	s.clock.pass(24 * time.Hour)
	s.create(true, order())
	s.check(s.FailJob(s.ctx, s.take(mattebox.KindVideoFetch), mattebox.JobFault{Code: "x", Message: "y"}))
	s.check(second(s.CancelJob(s.ctx, s.key, s.create(false, order()).UID)))
	days, err := s.UsageDays(s.ctx, s.key, began, s.clock.Now().Add(time.Second))
	s.check(err)
	midnight := time.Date(2026, 4, 20, 0, 0, 0, 0, time.UTC)
	s.wantSame("days", days, []mattebox.UsageDay{
		{Day: midnight, Uploads: 1, Created: 2, Completed: 2, Duration: 20 * time.Second, Credits: 20_00},
		{Day: midnight.AddDate(0, 0, 1), Created: 2, Failed: 1, Cancelled: 1},
	})
	events, err := s.UsageEvents(s.ctx, s.key, 100)
	s.check(err)
	var names []string
	for _, e := range events {
		names = append(names, e.Event)
	}
	s.wantSame("events", names, []string{
		"job.cancelled", "job.created", "job.failed", "job.started", "job.created",
		"job.completed", "job.started", "job.created", "job.completed", "job.started", "job.created", "upload.created",
	})
	s.wantSame("completed", events[5], mattebox.UsageEvent{
		At: began, Event: "job.completed", Subject: events[5].Subject, Model: mattebox.ModelOriginal, Duration: 10 * time.Second, Credits: 10_00,
	})
	_, other := s.client("other", 0, 0)
	events, err = s.UsageEvents(s.ctx, other, 100)
	s.check(err)
	s.wantSame("of another key", len(events), 0)
}

func testKeptAnswers(t *testing.T, open opener) {
	s := openStudio(t, open, 0, 0)
	_, other := s.client("other", 0, 0)
	body := []byte("fingerprint")
	begin := func(key mattebox.VideoKeyID, name string, print []byte) (*mattebox.KeptAnswer, error) {
		return s.BeginRequest(s.ctx, key, name, print)
	}
	fresh := func(key mattebox.VideoKeyID, name string) {
		t.Helper()
		answer, err := begin(key, name, body)
		s.check(err)
		if answer != nil {
			t.Fatalf("%s has an answer: %+v", name, answer)
		}
	}
	fresh(s.key, "a")
	s.wantCode(second(begin(s.key, "a", body)), mattebox.CodeConflict, "Idempotency-Key")
	fresh(other, "a")
	want := &mattebox.KeptAnswer{Status: 201, Header: map[string]string{"Content-Type": "application/json"}, Body: []byte(`{"id":1}`)}
	s.check(s.EndRequest(s.ctx, s.key, "a", want))
	for range 2 {
		got, err := begin(s.key, "a", body)
		s.check(err)
		s.wantSame("answer", got, want)
	}
	s.wantCode(second(begin(s.key, "a", []byte("other"))), mattebox.CodeConflict, "Idempotency-Key")
	s.check(s.EndRequest(s.ctx, s.key, "a", nil)) // too late
	s.check(second(begin(s.key, "a", body)))

	fresh(s.key, "b")
	s.check(s.EndRequest(s.ctx, s.key, "b", nil))
	fresh(s.key, "b")
	s.clock.pass(16 * time.Minute)
	fresh(s.key, "b") // whoever answered it is dead
	s.check(s.EndRequest(s.ctx, s.key, "b", nil))

	// A job and the note of its request are one: no second job after a crash.
	fresh(s.key, "c")
	made, err := s.CreateJob(s.ctx, mattebox.NewJob{Account: s.account, Key: s.key, Order: order(), Request: "c"})
	s.check(err)
	for _, later := range []time.Duration{0, 16 * time.Minute} {
		s.clock.pass(later)
		got, err := begin(s.key, "c", body)
		s.check(err)
		if got == nil || got.Status != 0 || got.Job != made.UID {
			t.Fatalf("after the death of a process: %+v, want the job %s", got, made.UID)
		}
		s.check(s.EndRequest(s.ctx, s.key, "c", nil))
	}
	fresh(s.key, "d")
	draft := s.create(false, order())
	s.check(second(s.StartJob(s.ctx, s.key, mattebox.JobStart{UID: draft.UID, Request: "d"})))
	if got, err := begin(s.key, "d", body); err != nil || got == nil || got.Job != draft.UID {
		t.Fatalf("after a start: %+v, %v", got, err)
	}
	s.clock.pass(24 * time.Hour)
	fresh(s.key, "a")
	s.clock.pass(25 * time.Hour)
	s.sweep()
	s.wantSame("kept", s.number(`SELECT COUNT(*) FROM kept_answers`), int64(0))
	s.wantCode(second(begin(s.key, "a\x00", body)), mattebox.CodeInvalid, "Idempotency-Key")
}
