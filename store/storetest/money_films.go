package storetest

import (
	"time"

	"mattebox"
)

// bookedFilm is what the simple books have of a video job.
type bookedFilm struct {
	of      *purse
	uid     string
	funding mattebox.Funding // empty while nothing is reserved
	price   int64
	seconds int64
	ended   bool
}

// afford takes what a film costs, a cent for each second, and reports whether the
// account can pay it.
func (b *books) afford(f *bookedFilm) bool {
	p := f.of
	switch {
	case p.balance >= f.seconds:
		p.balance -= f.seconds
		f.funding = mattebox.FundingBalance
	case !b.overdue(p):
		f.funding = mattebox.FundingCredit
	default:
		return false
	}
	f.price = f.seconds
	return true
}

// drop notes that a film will not be made.
func (b *books) drop(f *bookedFilm) {
	if f.funding == mattebox.FundingBalance {
		f.of.balance += f.price
	}
	f.funding, f.price, f.ended = "", 0, true
}

func (b *books) length(f *bookedFilm) mattebox.Clip { return seconds(float64(f.seconds)) }

// film orders one: of an upload, whose length is known, or of an address.
func (b *books) film() {
	f := &bookedFilm{of: b.purse(), seconds: 1 + b.random.Int64N(120)}
	keys, err := b.VideoKeys(b.ctx, f.of.id)
	b.check(err)
	order := mattebox.JobOrder{VideoURL: "https://e.com/a.mp4", Model: mattebox.ModelOriginal, Format: mattebox.FormatWebM}
	known := b.random.IntN(2) == 0
	if known {
		clip := b.length(f)
		u, err := b.AddUpload(b.ctx, mattebox.Upload{UID: mattebox.NewUploadUID(), Account: f.of.id, Key: keys[0].ID, BlobKey: "k", Clip: &clip})
		b.check(err)
		order.VideoURL, order.Upload = "", u.UID
	}
	var job *mattebox.Job
	err = b.do(func() (err error) {
		job, err = b.CreateJob(b.ctx, mattebox.NewJob{Account: f.of.id, Key: keys[0].ID, Order: order, Start: true})
		return err
	})
	if known && !b.afford(f) {
		b.wantCode(err, mattebox.CodePayment, "")
		return
	}
	b.check(err)
	f.uid = job.UID
	b.films[job.ID], b.filmIDs = f, append(b.filmIDs, job.ID)
}

// filmStep does the next step of some film, or fails it, or its worker dies.
func (b *books) filmStep() {
	kinds := []mattebox.Kind{mattebox.KindVideoFetch, mattebox.KindVideoSegment, mattebox.KindVideoJoin}
	step, err := b.ClaimStep(b.ctx, kinds[b.random.IntN(len(kinds))], patience)
	b.check(err)
	if step == nil {
		return
	}
	f := b.films[step.Job.ID]
	switch b.random.IntN(9) {
	case 0:
		b.check(b.do(func() error { return b.FailJob(b.ctx, step, mattebox.JobFault{Code: "x", Message: "y"}) }))
		b.drop(f)
		return
	case 1:
		b.check(b.do(func() error { return b.HandBackStep(b.ctx, step, mattebox.StepCrashed) }))
		return
	}
	switch step.Kind {
	case mattebox.KindVideoFetch:
		clip := b.length(f)
		fetched := mattebox.Fetched{Clip: clip, Spans: spans(clip)[:1]}
		b.check(b.do(func() error { return b.FinishJobFetch(b.ctx, step, fetched) }))
		if f.funding == "" && !b.afford(f) {
			b.drop(f)
		}
	case mattebox.KindVideoSegment:
		b.check(b.do(func() error { return b.FinishSegment(b.ctx, step, segment(step)) }))
	default:
		made := max(f.seconds-b.random.Int64N(5), 0)
		b.check(b.do(func() error { return b.FinishJob(b.ctx, step, output(time.Duration(made)*time.Second), nil) }))
		if f.funding == mattebox.FundingBalance {
			f.of.balance += f.price - made
		}
		f.ended = true
	}
}

// filmChange cancels a film, or starts one again that failed.
func (b *books) filmChange() {
	if len(b.filmIDs) == 0 {
		return
	}
	f := b.films[b.filmIDs[b.random.IntN(len(b.filmIDs))]]
	job, err := b.JobByUID(b.ctx, 0, f.uid)
	b.check(err)
	switch job.State {
	case mattebox.JobProcessing:
		b.check(b.do(func() error { return second(b.CancelJob(b.ctx, 0, f.uid)) }))
		b.drop(f)
	case mattebox.JobFailed:
		err := b.do(func() error { return second(b.StartJob(b.ctx, 0, mattebox.JobStart{UID: f.uid})) })
		if job.Upload != "" && !b.afford(f) {
			b.wantCode(err, mattebox.CodePayment, "")
			return
		}
		b.check(err)
		f.ended = false
	default:
		b.wantCode(second(b.StartJob(b.ctx, 0, mattebox.JobStart{UID: f.uid})), mattebox.CodeConflict, "")
	}
}

// filmsMade counts those that were completed.
func (b *books) filmsMade() int {
	return int(b.number(`SELECT COUNT(*) FROM jobs WHERE state = 'completed'`))
}
