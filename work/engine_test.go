package work_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"mattebox"
	"mattebox/engine/pool"
)

// engine stands in for the pool of children. By default it does what they do, in
// small; fault decides what goes wrong with a source's width.
type engine struct {
	mu    sync.Mutex
	fault func(ctx context.Context, op pool.Op, width int) error
	tasks []pool.Task // that Remove got
}

func (e *engine) failing(fault func(ctx context.Context, op pool.Op, width int) error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.fault = fault
}

func (e *engine) begin(ctx context.Context, op pool.Op, path string) (*pool.Header, error) {
	h, err := headerOf(path)
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	fault := e.fault
	e.mu.Unlock()
	if fault != nil {
		if err := fault(ctx, op, h.Width); err != nil {
			return nil, err
		}
	}
	return h, ctx.Err()
}

func headerOf(path string) (*pool.Header, error) {
	all, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(all, []byte("\x89PNG")) || len(all) < 24 {
		return nil, mattebox.Errorf(mattebox.CodeInvalid, "the file is no picture")
	}
	at := func(i int) int { return int(all[i])<<24 | int(all[i+1])<<16 | int(all[i+2])<<8 | int(all[i+3]) }
	return &pool.Header{Format: "png", Width: at(16), Height: at(20)}, nil
}

func (e *engine) Header(ctx context.Context, path string) (*pool.Header, error) {
	return e.begin(ctx, pool.OpHeader, path)
}

// Measure finds that a picture can be scaled by its width in hundredths.
func (e *engine) Measure(ctx context.Context, t pool.Task) (*pool.Measured, error) {
	h, err := e.begin(ctx, pool.OpMeasure, t.Sources[0])
	if err != nil {
		return nil, err
	}
	for _, m := range t.Mattes {
		if err := os.WriteFile(m, []byte("matte"), 0o600); err != nil {
			return nil, err
		}
	}
	return &pool.Measured{Scale: float64(h.Width) / 100, Confidence: .9}, nil
}

func (e *engine) Remove(ctx context.Context, t pool.Task) (*pool.Report, error) {
	h, err := e.begin(ctx, pool.OpRemove, t.Sources[0])
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	e.tasks = append(e.tasks, t)
	e.mu.Unlock()
	result, thumbnail := fmt.Sprintf("cut-out of %d", h.Width), "small"
	if err := errors.Join(os.WriteFile(t.Out, []byte(result), 0o600), os.WriteFile(t.Thumbnail, []byte(thumbnail), 0o600)); err != nil {
		return nil, err
	}
	scale := t.Scale
	if scale == 0 {
		scale = float64(h.Width) / 100
	}
	return &pool.Report{
		Width: h.Width, Height: h.Height, Confidence: .9, Scale: scale, MediaType: "image/png", ThumbnailType: "image/jpeg",
		Bytes: int64(len(result)), ThumbnailBytes: int64(len(thumbnail)), Steps: pool.Steps{Net: time.Second},
	}, nil
}

func crash() error { return &pool.CrashError{Cause: pool.CauseCrashed, Signal: "SIGSEGV", Exit: -1} }
