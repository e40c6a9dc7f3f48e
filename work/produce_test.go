package work_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mattebox"
	"mattebox/engine/pool"
	"mattebox/work"
)

func TestProduce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		id := h.ready(mattebox.Order{CallbackURL: h.site.URL + "/hook", CustomerImageID: "c 1"}, h.site.picture(8, 6))
		must(t, h.producer().Run(t.Context(), 0))
		i := h.expect(id, mattebox.StatusFinished, "")
		prefix := fmt.Sprintf("%d/%d/1-3/", h.account, id)
		want := &mattebox.Result{
			Name: "shoe.8x6.png", Key: prefix + "result", ThumbnailKey: prefix + "thumbnail", Bytes: 12, ThumbnailBytes: 5,
			MediaType: "image/png", Width: 8, Height: 6,
		}
		if diff := cmp.Diff(want, i.Result); diff != "" {
			t.Error(diff)
		}
		if i.Confidence != .9 {
			t.Errorf("confidence %v", i.Confidence)
		}
		if got := h.content(i.Result.Key) + ", " + h.content(i.Result.ThumbnailKey); got != "cut-out of 8, small" {
			t.Errorf("the blobs are %q", got)
		}
		h.tidy(want.Key, want.ThumbnailKey, i.Sources[0].Key)

		deliveries, err := h.store.Deliveries(t.Context(), mattebox.DeliveryFilter{Image: id})
		must(t, err)
		if len(deliveries) != 1 {
			t.Fatalf("%d deliveries", len(deliveries))
		}
		d := deliveries[0]
		for _, part := range []string{"imageTicket=" + i.Ticket + "&", "processedImageURL=https%3A%2F%2Fhouse.test%2F", "final%2Fshoe.8x6.png%3Fsig%3D", "customerImageId=c+1"} {
			if !strings.Contains(string(d.Body), part) {
				t.Errorf("the delivery's body %q lacks %q", d.Body, part)
			}
		}
		if d.UID == "" || d.URL != i.CallbackURL || d.Dialect != "rtb" {
			t.Errorf("delivery %+v", d)
		}
		must(t, h.producer().Run(t.Context(), 0)) // nothing to do
	})
}

func TestProduceWhatNeedsAnOperator(t *testing.T) {
	h := onSQLite(t, nil)
	template := mattebox.DefaultTemplate()
	template.KeepMannequin = true
	stored, err := h.store.AddTemplate(t.Context(), h.account, template, mattebox.Money{Currency: mattebox.USD})
	must(t, err)
	id := h.submitWith(stored.ID, mattebox.Order{CallbackURL: h.site.URL + "/hook"}, h.site.picture(8, 8))
	must(t, h.fetcher().Run(t.Context(), 0))
	must(t, h.producer().Run(t.Context(), 0))
	i := h.expect(id, mattebox.StatusQuality, "isKeptMannequin")
	if i.Result == nil || h.engine.tasks[0].Quality != mattebox.QualityStandard {
		t.Errorf("result %v, quality %s", i.Result, h.engine.tasks[0].Quality)
	}
	deliveries, err := h.store.Deliveries(t.Context(), mattebox.DeliveryFilter{Image: id})
	if must(t, err); len(deliveries) != 0 {
		t.Errorf("%d deliveries before an operator has approved it", len(deliveries))
	}
}

func TestProduceAgainAfterARejection(t *testing.T) {
	h := onSQLite(t, nil)
	id := h.ready(mattebox.Order{}, h.site.picture(8, 8))
	must(t, h.producer().Run(t.Context(), 0))
	first := h.image(id).Result
	must(t, h.store.RejectImage(t.Context(), h.account, mattebox.ImageRef{Ticket: h.image(id).Ticket}, "ragged edge"))
	must(t, h.producer().Run(t.Context(), 0))
	i := h.expect(id, mattebox.StatusQuality, "rejection")
	if last := h.engine.tasks[len(h.engine.tasks)-1]; last.Quality != mattebox.QualityBest {
		t.Errorf("quality %s", last.Quality)
	}
	if first.Key == i.Result.Key || h.content(first.Key) == "" {
		t.Errorf("the first result %s, which has a row of its own, is gone or was overwritten by %s", first.Key, i.Result.Key)
	}
}

func TestAProductSharesItsScale(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		product := mattebox.Order{ProductID: "shoe"}
		var ids []mattebox.ImageID
		for _, width := range []int{90, 40, 70} {
			ids = append(ids, h.ready(product, h.site.picture(width, 10)))
		}
		must(t, h.producer().Run(t.Context(), 0)) // they wait for each other
		h.expect(ids[0], mattebox.StatusReady, "")
		h.clock.advance(time.Minute)
		must(t, h.producer().Run(t.Context(), 0))
		for _, id := range ids {
			h.expect(id, mattebox.StatusFinished, "")
		}
		for _, task := range h.engine.tasks {
			if task.Scale != .4 || len(task.Mattes) != 1 {
				t.Errorf("made with scale %v and mattes %q; want .4 and what was measured", task.Scale, task.Mattes)
			}
			if _, err := os.Stat(task.Mattes[0]); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("the matte is left: %v", err)
			}
		}
		// One that comes later has the product's scale, though it could be larger.
		late := h.ready(product, h.site.picture(99, 10))
		h.clock.advance(time.Minute)
		must(t, h.producer().Run(t.Context(), 0))
		h.expect(late, mattebox.StatusFinished, "")
		if got := h.engine.tasks[3].Scale; got != .4 {
			t.Errorf("the late one has scale %v", got)
		}
	})
}

func TestAProductsFailuresAreTheirOwn(t *testing.T) {
	h := onSQLite(t, nil)
	h.engine.failing(func(_ context.Context, op pool.Op, width int) error {
		switch {
		case width == 31 && op == pool.OpMeasure, width == 32 && op == pool.OpRemove:
			return crash()
		case width == 33 && op == pool.OpMeasure:
			return mattebox.Errorf(mattebox.CodeInvalid, "the picture is empty")
		}
		return nil
	})
	var ids []mattebox.ImageID
	for _, width := range []int{30, 31, 32, 33} {
		ids = append(ids, h.ready(mattebox.Order{ProductID: "p"}, h.site.picture(width, 10)))
	}
	h.clock.advance(time.Minute)
	p := h.producer()
	must(t, p.Run(t.Context(), 0))
	h.expect(ids[0], mattebox.StatusFinished, "")
	for _, crashed := range ids[1:3] {
		if i := h.expect(crashed, mattebox.StatusReady, ""); i.Crashes != 1 {
			t.Errorf("image %d has %d crashes", crashed, i.Crashes)
		}
	}
	h.expect(ids[3], mattebox.StatusRefused, "the picture is empty")
	must(t, p.Run(t.Context(), 0)) // the two again
	for _, crashed := range ids[1:3] {
		h.expect(crashed, mattebox.StatusRefused, "the engine fail twice")
	}
	if left := files(t, h.temp); len(left) > 0 {
		t.Errorf("temporary files are left: %q", left)
	}
}

func TestProduceWithoutAnEngine(t *testing.T) {
	h := onSQLite(t, nil)
	h.engine.failing(func(_ context.Context, op pool.Op, _ int) error {
		if op == pool.OpRemove {
			return mattebox.Errorf(mattebox.CodeUnavailable, "no child can be started")
		}
		return nil
	})
	id := h.ready(mattebox.Order{}, h.site.picture(8, 8))
	p := h.producer()
	for range 3 {
		if err := p.Run(t.Context(), 0); mattebox.CodeOf(err) != mattebox.CodeUnavailable {
			t.Errorf("Run = %v", err)
		}
		h.expect(id, mattebox.StatusReady, "")
	}
	paused, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	must(t, p.Run(paused, 0)) // its context ends while it waits
	h.tidy(h.image(id).Sources[0].Key)
	h.engine.failing(nil)
	must(t, p.Run(t.Context(), 0))
	h.expect(id, mattebox.StatusFinished, "")
}

// A fault of ours that only one picture meets must not keep it, and what comes
// after it, for ever.
func TestProduceWhatFailsForNoReason(t *testing.T) {
	h := onSQLite(t, nil)
	h.engine.failing(func(_ context.Context, op pool.Op, _ int) error {
		if op == pool.OpRemove {
			return errors.New("index out of range")
		}
		return nil
	})
	id := h.ready(mattebox.Order{}, h.site.picture(8, 8))
	p := h.producer()
	for range 4 {
		if err := p.Run(t.Context(), 0); err == nil {
			t.Error("Run tells of nothing")
		}
		h.expect(id, mattebox.StatusReady, "")
	}
	if err := p.Run(t.Context(), 0); err == nil {
		t.Error("Run tells of nothing")
	}
	h.expect(id, mattebox.StatusRefused, "ask us")
}

func TestProduceOfALostSource(t *testing.T) {
	h := onSQLite(t, nil)
	id := h.ready(mattebox.Order{}, h.site.picture(8, 8))
	must(t, h.blobs.Delete(t.Context(), h.image(id).Sources[0].Key))
	if err := h.producer().Run(t.Context(), 0); err == nil {
		t.Error("produced from nothing")
	}
	h.expect(id, mattebox.StatusReady, "")
}

func TestProduceSweepsBehindKilledAttempts(t *testing.T) {
	h := onSQLite(t, nil)
	id := h.ready(mattebox.Order{}, h.site.picture(8, 8))
	attempt := func(name string) string { return fmt.Sprintf("%d/%d/%s", h.account, id, name) }
	must(t, h.producer().Run(t.Context(), 0))
	first := h.image(id)
	must(t, h.store.RejectImage(t.Context(), h.account, mattebox.ImageRef{Ticket: first.Ticket}, ""))
	claim, err := h.store.ClaimProduction(t.Context(), time.Minute) // and is killed after storing bytes
	must(t, err)
	_, err = h.blobs.Put(t.Context(), attempt("2-9/result"), strings.NewReader("orphan"), "image/png")
	must(t, err)
	must(t, h.store.HandBack(t.Context(), id, claim.Images[0].Lease, false))
	must(t, h.producer().Run(t.Context(), 0))
	i := h.expect(id, mattebox.StatusQuality, "rejection")
	h.tidy(first.Result.Key, first.Result.ThumbnailKey, i.Result.Key, i.Result.ThumbnailKey, i.Sources[0].Key)
}

func TestProduceFromABucket(t *testing.T) {
	h := onSQLite(t, nil)
	h.blobs = bucket(t)
	id := h.submit(mattebox.Order{}, h.site.picture(8, 6), h.site.picture(4, 4))
	must(t, h.fetcher().Run(t.Context(), 0))
	must(t, h.producer().Run(t.Context(), 0))
	i := h.expect(id, mattebox.StatusFinished, "")
	if got := h.content(i.Result.Key); got != "cut-out of 8" {
		t.Errorf("the result is %q", got)
	}
	if n := len(h.engine.tasks[0].Sources); n != 2 {
		t.Errorf("the engine got %d sources", n)
	}
	h.tidy()
	s := work.Sweeper{Store: h.store, Blobs: h.blobs, Now: h.clock.now, Close: time.Hour, Clean: time.Hour, Logger: h.log}
	h.clock.advance(2 * time.Hour)
	must(t, work.SweepOnce(&s, t.Context()))
	h.expect(id, mattebox.StatusCleaned, "")
	if _, err := h.blobs.Get(t.Context(), i.Result.Key); mattebox.CodeOf(err) != mattebox.CodeNotFound {
		t.Errorf("the cleaned result can be had: %v", err)
	}
}
