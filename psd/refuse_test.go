package psd

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"sync/atomic"
	"testing"
)

func TestRefuses(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(d *Document)
		want  string
	}{
		{"depth", func(d *Document) { d.Depth = 32 }, "psd: Depth is 32; use 8 or 16"},
		{"width", func(d *Document) { d.Width = 0 }, "psd: Width is 0; use 1 to 30000"},
		{"no layers", func(d *Document) { d.Layers = nil }, "psd: Layers has 0 layers; use 1 to 8000"},
		{"composite size", func(d *Document) { d.Composite.Pix = []uint8{1} },
			"psd: Composite.Pix has 1 samples, not 18"},
		{"other depth's buffer", func(d *Document) { d.Layers[1].Pixels = Pixels{Pix16: make([]uint16, 18)} },
			"psd: Layers[1].Pix is missing, and so is the function for rows"},
		{"two sources", func(d *Document) { d.Layers[0].Pix = make([]uint8, 18) },
			"psd: Layers[0].Pix and the function for rows are both set"},
		{"alpha", func(d *Document) { d.Layers[2].Alpha = make([]uint8, 5) }, "psd: Layers[2].Alpha has 5 samples, not 6"},
		{"mask", func(d *Document) { d.Layers[3].Mask = []uint8{} }, "psd: Layers[3].Mask has 0 samples, not 6"},
		{"place", func(d *Document) { d.Layers[3].Y = 30001 }, "psd: Layers[3].X, Y are 0, 30001; use -30000 to 30000"},
		{"blend", func(d *Document) { d.Layers[3].Blend = 77 }, "psd: Layers[3].Blend is unknown"},
		{"name", func(d *Document) { d.Layers[3].Name = strings.Repeat("🐒", 128) },
			"psd: Layers[3].Name has 256 UTF-16 code units; use at most 255"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := cutOut(3, 2, 8, true)
			c.spoil(d)
			err := encodeToNothing(t, d)
			var field *FieldError
			if !errors.As(err, &field) || err.Error() != c.want {
				t.Errorf("error %v, want the FieldError %q", err, c.want)
			}
		})
	}
}

// encodeToNothing encodes and makes sure that a refusal wrote nothing.
func encodeToNothing(t *testing.T, d *Document) error {
	t.Helper()
	var b bytes.Buffer
	err := Encode(context.Background(), &b, d)
	if err != nil && b.Len() > 0 {
		t.Errorf("%d bytes were written before the refusal", b.Len())
	}
	return err
}

func TestTooLarge(t *testing.T) {
	d := cutOut(3, 2, 8, true)
	d.Width = 30001
	var size *SizeError
	err := encodeToNothing(t, d)
	if !errors.As(err, &size) || size.What != "Width" || !strings.Contains(err.Error(), "PSB") {
		t.Errorf("a width of 30001 gave %v", err)
	}

	d = cutOut(65, 9, 8, true)
	n := int64(len(mustEncode(t, d)))
	var b bytes.Buffer
	if err := encode(context.Background(), &b, d, n); err != nil {
		t.Errorf("a file of the largest size gave %v", err)
	}
	b.Reset()
	err = encode(context.Background(), &b, d, n-1)
	if !errors.As(err, &size) || size.Got != n || size.Max != n-1 || b.Len() != 0 {
		t.Errorf("a file one byte too large gave %v and %d bytes", err, b.Len())
	}
}

var errTest = errors.New("no more")

func TestRowErrors(t *testing.T) {
	d := cutOut(300, 400, 16, false)
	d.Layers[1].Pixels = Pixels{Row16: func(y int, rgb []uint16) error {
		if y == 399 {
			return errTest
		}
		clear(rgb)
		return nil
	}}
	err := encodeToNothing(t, d)
	if want := "psd: row 399 of Layers[1]: no more"; !errors.Is(err, errTest) || err.Error() != want {
		t.Errorf("error %v, want %q", err, want)
	}
}

// TestFickleRows gives another row at the second reading, which would shift all
// that follows if it went unnoticed.
func TestFickleRows(t *testing.T) {
	var calls atomic.Int64
	d := cutOut(40, 1, 8, false)
	d.Layers = d.Layers[1:2]
	d.Layers[0].Pixels = Pixels{Row: func(_ int, rgb []uint8) error {
		clear(rgb)
		if calls.Add(1) > 1 {
			copy(rgb, samples8(3, len(rgb)))
		}
		return nil
	}}
	err := Encode(context.Background(), io.Discard, d)
	if err == nil || err.Error() != "psd: Layers[0] differs from one reading to the next at row 0" {
		t.Errorf("rows that change gave %v", err)
	}
}

// fullDisk takes n bytes.
type fullDisk struct{ n int }

func (w *fullDisk) Write(b []byte) (int, error) {
	if w.n -= len(b); w.n < 0 {
		return 0, errTest
	}
	return len(b), nil
}

func TestWriteErrors(t *testing.T) {
	d := cutOut(700, 900, 8, true)
	size := len(mustEncode(t, d))
	for _, room := range []int{0, size / 2, size - 1} {
		if err := Encode(context.Background(), &fullDisk{room}, d); !errors.Is(err, errTest) {
			t.Errorf("room for %d of %d bytes gave %v", room, size, err)
		}
	}
}

// canceller cancels at its first byte.
type canceller struct{ cancel context.CancelFunc }

func (w canceller) Write(b []byte) (int, error) { w.cancel(); return len(b), nil }

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	d := cutOut(1500, 900, 8, true)
	if err := Encode(ctx, canceller{cancel}, d); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelling while writing gave %v", err)
	}
	var b bytes.Buffer
	if err := Encode(ctx, &b, d); !errors.Is(err, context.Canceled) || b.Len() > 0 {
		t.Errorf("a cancelled context gave %v and %d bytes", err, b.Len())
	}
}
