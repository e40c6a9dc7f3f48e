package clip

import (
	"context"
	"errors"
	"fmt"
	"image"
	"math"
	"os"
	"time"

	"mattebox"
	"mattebox/imaging"
	"mattebox/video"
)

// BackgroundKind is what lies behind the subject (contracts.md, F25).
type BackgroundKind string

// The kinds.
const (
	Transparent BackgroundKind = ""
	Colour      BackgroundKind = "color"
	Picture     BackgroundKind = "image"
	Blur        BackgroundKind = "blur" // the clip's own background, out of focus
	Film        BackgroundKind = "video"
)

// Background is what the subject is put before.
type Background struct {
	Kind   BackgroundKind
	Colour mattebox.Color // of Colour
	Path   string         // local file of Picture and Film: fills the canvas, what stands over is cut off; a film is repeated
	Info   *video.Info    // of Film
	Limits imaging.Limits // of Picture; zero: the defaults
}

func (b Background) validate() error {
	switch b.Kind {
	case Transparent, Colour, Blur:
		return nil
	case Picture:
		if b.Path != "" {
			return nil
		}
	case Film:
		if b.Path != "" && b.Info != nil {
			return nil
		}
	}
	return mattebox.Invalid("background", "is %.20q without a file; give one, or use transparent, a colour or blur", string(b.Kind))
}

// backdrop gives the background of each frame of one segment. Frames are asked
// for in their order.
type backdrop interface {
	// paint fills the canvas behind the frame that is shown at the time. Canvases are transparent black
	// before.
	paint(canvas *video.Frame, at time.Duration) error
	close()
}

// open makes the backdrop on a canvas of the size; nil where there is nothing to
// paint, or nothing that does not depend on the frame's matte (Blur).
func (b Background) open(ctx context.Context, size image.Point) (backdrop, error) {
	switch b.Kind {
	case Colour:
		still := video.NewFrame(size.X, size.Y)
		for i := 0; i < len(still.Pix); i += 4 {
			still.Pix[i], still.Pix[i+1], still.Pix[i+2], still.Pix[i+3] = b.Colour.R, b.Colour.G, b.Colour.B, 255
		}
		return stillBackdrop{still}, nil
	case Picture:
		still, err := b.picture(ctx, size)
		if err != nil {
			return nil, err
		}
		return stillBackdrop{still}, nil
	case Film:
		return filmBackdrop{video.NewBackdrop(ctx, b.Path, b.Info, size.X, size.Y)}, nil
	}
	return nil, nil
}

type stillBackdrop struct{ still *video.Frame }

func (s stillBackdrop) paint(canvas *video.Frame, _ time.Duration) error {
	copy(canvas.Pix, s.still.Pix)
	return nil
}

func (stillBackdrop) close() {}

type filmBackdrop struct{ film *video.Backdrop }

func (f filmBackdrop) paint(canvas *video.Frame, at time.Duration) error {
	frame, err := f.film.At(at)
	if err != nil {
		return fmt.Errorf("reading the background: %w", err)
	}
	for i := 0; i+3 < len(frame.Pix); i += 4 { // what is see-through in it shows black
		a := uint32(frame.Pix[i+3])
		for c := range 3 {
			canvas.Pix[i+c] = uint8((uint32(frame.Pix[i+c])*a + 127) / 255)
		}
		canvas.Pix[i+3] = 255
	}
	return nil
}

func (f filmBackdrop) close() { _ = f.film.Close() } // it was only read

// picture reads the background's file and fills a canvas of the size with it.
func (b Background) picture(ctx context.Context, size image.Point) (*video.Frame, error) {
	data, err := os.ReadFile(b.Path)
	if err != nil {
		return nil, fmt.Errorf("reading the background: %w", err)
	}
	p, err := imaging.Decode(ctx, data, b.Limits)
	if err != nil {
		return nil, pictureFault(err)
	}
	if p, err = imaging.Convert(ctx, p, nil, false); err != nil {
		return nil, fmt.Errorf("converting the background to sRGB: %w", err)
	}
	scale := max(float64(size.X)/float64(p.Width), float64(size.Y)/float64(p.Height))
	p = shown(p, image.Pt(reach(p.Width, float64(size.X)/scale), reach(p.Height, float64(size.Y)/scale)))
	w, h := max(size.X, round(float64(p.Width)*scale)), max(size.Y, round(float64(p.Height)*scale))
	if p, err = imaging.ResizeLinear(ctx, p, w, h); err != nil {
		return nil, fmt.Errorf("fitting the background: %w", err)
	}
	return middle(p, size), nil
}

// reach returns how many of n pixels in a row are needed for the middle length of
// them: so many that as many are left out on either side.
func reach(n int, length float64) int {
	whole := min(n, int(math.Ceil(length-1e-6)))
	return min(n, whole+(n-whole)%2)
}

// shown returns the middle of the picture, of that size. A long thin picture is not
// scaled whole: it would take a multiple of the canvas.
func shown(p *imaging.Picture, size image.Point) *imaging.Picture {
	if size.X == p.Width && size.Y == p.Height {
		return p
	}
	left, top := (p.Width-size.X)/2, (p.Height-size.Y)/2
	out := &imaging.Picture{Width: size.X, Height: size.Y, Pix: make([]uint8, 0, size.X*size.Y*3), Meta: p.Meta}
	for y := top; y < top+size.Y; y++ {
		from := y*p.Width + left
		out.Pix = append(out.Pix, p.Pix[from*3:(from+size.X)*3]...)
		if p.Alpha != nil {
			out.Alpha = append(out.Alpha, p.Alpha[from:from+size.X]...)
		}
	}
	return out
}

// middle cuts the middle of that size out of the picture; what is see-through in it
// shows black.
func middle(p *imaging.Picture, size image.Point) *video.Frame {
	f := video.NewFrame(size.X, size.Y)
	left, top := (p.Width-size.X)/2, (p.Height-size.Y)/2
	for y := range size.Y {
		for x := range size.X {
			from, to := (y+top)*p.Width+x+left, (y*size.X+x)*4
			a := uint32(255)
			if p.Alpha != nil {
				a = uint32(p.Alpha[from])
			}
			for c := range 3 {
				f.Pix[to+c] = uint8((uint32(p.Pix[from*3+c])*a + 127) / 255)
			}
			f.Pix[to+3] = 255
		}
	}
	return f
}

// pictureFault tells a customer what is wrong with his background.
func pictureFault(err error) error {
	var limit *imaging.LimitError
	if errors.As(err, &limit) {
		return mattebox.Errorf(mattebox.CodeTooLarge, "background refused: %v", limit)
	}
	var format *imaging.FormatError
	if errors.As(err, &format) {
		return mattebox.Wrap(mattebox.CodeInvalid, format.Err, "background refused: %s", format.Reason)
	}
	return err
}
