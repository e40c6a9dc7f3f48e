package work_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mattebox"
	"mattebox/engine/pool"
	"mattebox/work"
)

func TestProduceThatIsStopped(t *testing.T) {
	h := onSQLite(t, nil)
	begun := make(chan struct{}, 1)
	h.engine.failing(func(ctx context.Context, op pool.Op, _ int) error {
		if op == pool.OpHeader {
			return nil
		}
		begun <- struct{}{}
		<-ctx.Done()
		return context.Cause(ctx)
	})
	id := h.ready(mattebox.Order{}, h.site.picture(8, 8))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- h.producer().Run(ctx, 0) }()
	receive(t, begun, "the beginning")
	h.expect(id, mattebox.StatusProduction, "")
	cancel()
	if err := receive(t, ended, "the end"); err != nil {
		t.Error(err)
	}
	if i := h.expect(id, mattebox.StatusReady, ""); i.Crashes != 0 {
		t.Errorf("a stop counts as %d crashes", i.Crashes)
	}
	h.tidy(h.image(id).Sources[0].Key)
}

// While one worker hangs, its lease runs out and another produces the image: what
// the first one brings late is dropped, and the second one's bytes stay.
func TestProduceThatLostItsLease(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		begun, hold := make(chan struct{}, 1), make(chan struct{})
		var stuck atomic.Bool
		h.engine.failing(func(_ context.Context, op pool.Op, _ int) error {
			if op == pool.OpRemove && stuck.CompareAndSwap(false, true) {
				begun <- struct{}{}
				<-hold
			}
			return nil
		})
		id := h.ready(mattebox.Order{}, h.site.picture(8, 8))
		first := h.producer()
		first.Lease = time.Hour // its renewals do not come
		ended := make(chan error, 1)
		go func() { ended <- first.Run(t.Context(), 0) }()
		receive(t, begun, "the beginning")
		h.clock.advance(2 * time.Hour)
		report, err := h.store.Sweep(t.Context())
		if must(t, err); report.Images != 1 {
			t.Fatalf("the sweep handed back %d images", report.Images)
		}
		must(t, h.producer().Run(t.Context(), 0))
		i := h.expect(id, mattebox.StatusFinished, "")
		close(hold)
		if err := receive(t, ended, "the first's end"); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff(i, h.image(id)); diff != "" {
			t.Errorf("the late one changed the image: %s", diff)
		}
		h.tidy(i.Result.Key, i.Result.ThumbnailKey, i.Sources[0].Key)
	})
}

// A lease that is lost while the engine computes ends the computing.
func TestALostLeaseEndsTheWork(t *testing.T) {
	h := onSQLite(t, nil)
	begun := make(chan struct{}, 1)
	h.engine.failing(func(ctx context.Context, op pool.Op, _ int) error {
		if op == pool.OpRemove {
			begun <- struct{}{}
			<-ctx.Done()
			return context.Cause(ctx)
		}
		return nil
	})
	id := h.ready(mattebox.Order{}, h.site.picture(8, 8))
	p := h.producer()
	p.Lease = 300 * time.Millisecond
	ended := make(chan error, 1)
	go func() { ended <- p.Run(t.Context(), 0) }()
	receive(t, begun, "the beginning")
	must(t, h.store.RefuseByOperator(t.Context(), id, "not for us"))
	if err := receive(t, ended, "the end"); err != nil {
		t.Error(err)
	}
	h.expect(id, mattebox.StatusRefused, "not for us")
}

// The database carries out the finish and its answer gets lost: the row's bytes
// must not be taken for a lost claim's.
func TestAnAnswerThatGetsLost(t *testing.T) {
	h := onSQLite(t, nil)
	id := h.ready(mattebox.Order{}, h.site.picture(8, 8))
	p := h.producer()
	p.Store = &deaf{ProduceStore: h.store}
	must(t, p.Run(t.Context(), 0))
	i := h.expect(id, mattebox.StatusFinished, "")
	h.tidy(i.Result.Key, i.Result.ThumbnailKey, i.Sources[0].Key)
}

type deaf struct {
	work.ProduceStore
	heard bool
}

func (d *deaf) FinishImage(ctx context.Context, f mattebox.Finished) error {
	err := d.ProduceStore.FinishImage(ctx, f)
	if !d.heard && err == nil {
		d.heard = true
		return mattebox.Errorf(mattebox.CodeUnavailable, "the connection broke")
	}
	return err
}
