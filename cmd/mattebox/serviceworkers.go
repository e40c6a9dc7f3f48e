package main

import (
	"context"
	"path/filepath"
	"time"

	"golang.org/x/sync/semaphore"

	"mattebox"
	"mattebox/queue"
	"mattebox/store"
	"mattebox/work"
)

// workers is what the worker role does.
type workers struct {
	fetcher   *work.Fetcher
	producer  *work.Producer
	deliverer *work.Deliverer
	sweeper   *work.Sweeper
	clips     *work.Clips
	biller    *work.Biller // nil when an operator makes the invoices
	queue     *queue.Queue
	finish    time.Duration // how long work in hand may go on once the end has begun
}

// ahead is how many pictures beyond those in the engines have their files brought
// or stored, so that no engine waits for a disk.
const ahead = 2

// newQueue returns the queue, which only enqueues without the worker role. The
// store needs it, and the workers need the store: they are there before it starts.
func (s *service) newQueue(db *store.DB) (*queue.Queue, error) {
	c := queue.Config{DB: db.Writer, SQLite: s.cmd.single(), Logger: s.log}
	if s.settings.worker {
		c.Workers = map[mattebox.Kind]queue.Worker{
			mattebox.KindFetch: {Max: s.settings.downloads, Run: func(ctx context.Context, id int64) error {
				return s.work.fetcher.Run(ctx, id)
			}},
			mattebox.KindProduce: {Max: s.engines() + ahead, Run: func(ctx context.Context, id int64) error {
				return s.work.producer.Run(ctx, id)
			}},
			mattebox.KindVideoFetch:   {Max: videoFetches, Run: func(ctx context.Context, id int64) error { return s.work.clips.Fetch(ctx, id) }},
			mattebox.KindVideoSegment: {Max: s.videoEngines(), Run: func(ctx context.Context, id int64) error { return s.work.clips.Segment(ctx, id) }},
			mattebox.KindVideoJoin:    {Max: 1, Run: func(ctx context.Context, id int64) error { return s.work.clips.Join(ctx, id) }},
			mattebox.KindDeliver: {Hear: func() {
				if s.work != nil { // else the start is not at its end, and it will look
					s.work.deliverer.Wake()
				}
			}},
		}
	}
	return queue.New(c)
}

// newWorkers joins the workers to what they use.
func (s *service) newWorkers() (*workers, error) {
	seen, err := work.NewMetrics(s.figures.Registry())
	if err != nil {
		return nil, err
	}
	all := &workers{
		fetcher: &work.Fetcher{
			Store: s.records, Guard: s.guard, Engine: s.pool, Blobs: s.blobs, Temp: s.scratch.dir, Now: s.now, Logger: s.log, Seen: seen,
		},
		producer: &work.Producer{
			Store: s.records, Engine: s.pool, Blobs: s.blobs, Links: s.links(), Temp: s.scratch.dir, Logger: s.log, Seen: seen,
			Together: s.engines(),
		},
		deliverer: &work.Deliverer{
			Store: s.records, Client: s.guard, Slots: s.settings.deliveries, Now: s.now, Logger: s.log, Seen: seen,
		},
		sweeper: &work.Sweeper{
			Store: s.records, Blobs: s.blobs, Now: s.now, Close: s.settings.closeAfter, Clean: s.settings.cleanAfter, Logger: s.log, Seen: seen,
			Videos: s.records, KeepVideos: s.settings.keepVideos, KeepUploads: s.settings.keepUploads,
		},
		clips: &work.Clips{
			Store: s.records, Engine: s.pool, Blobs: s.blobs, Guard: s.guard, Temp: s.scratch.dir, Now: s.now, Bytes: s.settings.video.maxUpload,
			Places: semaphore.NewWeighted(int64(s.videoEngines())), Room: s.intake().Room, Logger: s.log, Seen: seen,
		},
		queue: s.records.queue, finish: s.settings.grace - forHandingBack(s.settings.grace),
	}
	if s.settings.monthInvoices {
		all.biller = &work.Biller{Store: s.records, Terms: invoiceTerms(s.settings.terms), Now: s.now, Logger: s.log}
	}
	return all, nil
}

// start lets jobs run.
func (w *workers) start(ctx context.Context) error {
	if err := w.queue.Start(ctx); err != nil {
		return err
	}
	w.deliverer.Start(ctx)
	w.sweeper.Start(ctx)
	if w.biller != nil {
		w.biller.Start(ctx)
	}
	return nil
}

// stop claims nothing more and waits for what is in hand. What is not finished in
// time is broken off and handed back.
func (w *workers) stop(ctx context.Context) error {
	w.fetcher.Drain()
	w.producer.Drain()
	w.clips.Drain()
	w.deliverer.Drain()
	w.sweeper.Stop()
	if w.biller != nil {
		w.biller.Stop()
	}
	ctx, cancel := context.WithTimeout(ctx, w.finish)
	defer cancel()
	return bothEnd(ctx, w.queue.Stop, w.deliverer.Stop)
}

// intake refuses images while there is no room for them. The disk is ours to look
// at where the database or the pictures are on it.
func (s *service) intake() *work.Intake {
	i := &work.Intake{Store: s.records, Now: s.now, Free: s.settings.minFreeDisk, Waiting: s.settings.maxWaiting}
	if path, local := s.blobs.Local(probeKey); local {
		i.Dir = filepath.Dir(filepath.Dir(path)) // the pictures' folder
	} else if s.cmd.single() {
		i.Dir = s.data
	}
	return i
}
