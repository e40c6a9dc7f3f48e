package engine

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"mattebox"
	"mattebox/imaging"
	"mattebox/matte"
)

func TestBudgetHoldsPicturesBackUntilThereIsRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBudget(100)
		first, err := b.reserve(t.Context(), 70)
		must(t, err)
		in := false
		done := make(chan func())
		go func() {
			release, err := b.reserve(t.Context(), 40)
			if err != nil {
				t.Error(err)
			}
			in = true
			done <- release
		}()
		synctest.Wait()
		if in {
			t.Fatal("70 and 40 of 100 were given out together")
		}
		first()
		release := <-done
		release()
		all, err := b.reserve(t.Context(), 100)
		must(t, err)
		all()
	})
}

func TestBudgetLetsAPictureLargerThanAllRunAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBudget(100)
		release, err := b.reserve(t.Context(), 5000)
		must(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() {
			_, err := b.reserve(ctx, 1)
			done <- err
		}()
		synctest.Wait() // it waits, or Wait would find it at the channel with no error
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("beside it another was let in: error is %v", err)
		}
		release()
		after, err := b.reserve(t.Context(), 100)
		must(t, err)
		after()
	})
}

func TestBudgetByDefault(t *testing.T) {
	if b := newBudget(0); b.size != defaultMemory {
		t.Errorf("size is %d", b.size)
	}
}

// The estimate covers what is certain: samples, matte and the working canvas.
func TestEstimateCoversTheSamples(t *testing.T) {
	h := imaging.Header{Width: 4000, Height: 3000, Depth: 8}
	plain := estimate(h, Job{Template: mattebox.DefaultTemplate()})
	if least := int64(4000*3000*4 + matte.CanvasPixels*8); plain < least {
		t.Errorf("%d bytes, the samples and the matte alone take %d", plain, least)
	}
	deep := h
	deep.Depth = 16
	if got := estimate(deep, Job{Template: mattebox.DefaultTemplate()}); got < plain+4000*3000*3 {
		t.Errorf("16 bits take %d bytes, 8 take %d", got, plain)
	}
	if got := estimate(h, Job{Template: template(t, `{"templateOutputFormat":"PSD"}`)}); got < plain+4000*3000*3 {
		t.Errorf("with the original in a layer %d bytes, without %d", got, plain)
	}
	small := imaging.Header{Width: 100, Height: 100, Depth: 8}
	if got := estimate(small, Job{Template: mattebox.DefaultTemplate()}); got > 1<<20 {
		t.Errorf("a small picture takes %d bytes", got)
	}
}

// Every way out of Remove gives its memory back.
func TestRemoveGivesItsMemoryBack(t *testing.T) {
	e := needEngine(t)
	for name, job := range map[string]Job{
		"finished": fast(t, `{}`), "refused by the encoder": alphaPSD(t), "broken": broken(t),
	} {
		e.Remove(t.Context(), job, discard{})
		if !e.memory.sem.TryAcquire(e.memory.size) {
			t.Fatalf("%s: memory is still reserved", name)
		}
		e.memory.sem.Release(e.memory.size)
	}
}

func alphaPSD(t *testing.T) Job {
	job := fast(t, `{"templateOutputFormat":"PSD"}`)
	job.AlphaOnly = true
	return job
}

func broken(t *testing.T) Job {
	job := fast(t, `{}`)
	job.Source = job.Source[:len(job.Source)/2]
	return job
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }
