package matte

import (
	"context"
	"errors"
	"fmt"
	"image"
	"time"
)

// Matter makes mattes. Large is the net that decides; Small is the fast net and
// the witness of the large one. Either may be nil: without Small a standard
// matte has no second opinion, without Large every quality is Small's.
type Matter struct {
	Large, Small Inferer
	Now          func() time.Time
}

// Options say how much work a matte is worth and how its edge is finished.
type Options struct {
	Effort        Effort
	SolidInterior bool // alpha deep inside the subject becomes 1
	EdgeShift     int  // pixels of the photograph by which the edge moves out (+) or in (-), -50..50
}

// Effort is the engine's side of a Quality.
type Effort int

// The efforts.
const (
	Fast     Effort = iota // Small alone, one pass
	Standard               // Large once, Small as its witness
	Best                   // and Large on the subject's box and on the mirrored picture
)

// steps is how many steps of the conjugate gradient method an edge is worth.
func (e Effort) steps() int {
	if e == Best {
		return 60
	}
	return 25
}

// Matte is the result for one picture.
type Matte struct {
	Width, Height int
	Alpha         []uint8         // Width*Height, 0 background .. 255 subject
	Box           image.Rectangle // holds every pixel of visible alpha (8 of 255 or more); empty when there is no subject
	Confidence    float64         // 0..1, how much the opinions that were asked agree
	Nets          []string        // names of the networks that were asked
	Passes        int             // how often, together
	Warnings      []Warning
	Net, Refine   time.Duration // spent in networks, and on everything else
}

// Warning is something that the owner of a picture should know.
type Warning string

// The warnings.
const (
	NoSubject    Warning = "no subject found"
	KeptAlpha    Warning = "already transparent: its own alpha was kept, no network ran"
	Disagreement Warning = "the networks disagree about the subject"
	FlatBackdrop Warning = "flat backdrop: its colour helped to find the edge"
)

// lowConfidence is the confidence below which a matte carries Disagreement.
const lowConfidence = 0.8

// Matte finds the subject of p. It returns an empty matte, and says so, where
// there is none, and p's own alpha where p is a cut-out already.
func (m *Matter) Matte(ctx context.Context, p *Picture, o Options) (*Matte, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	if m.Large == nil && m.Small == nil {
		return nil, errors.New("matting: no network")
	}
	if p.IsCutOut() {
		return keep(p), nil
	}
	start := m.Now()
	c := newCanvas(p)
	v, err := m.opinions(ctx, p, c, o.Effort)
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("matting: %w", err)
	}
	out := &Matte{Width: p.Width, Height: p.Height, Nets: v.nets, Passes: v.passes, Net: v.net, Confidence: v.confidence()}
	alpha := v.decide()
	if !hasSubject(alpha) {
		out.Alpha = make([]uint8, p.Width*p.Height)
		out.Confidence = 0
		out.Warnings = []Warning{NoSubject}
	} else {
		out.finish(p, c, alpha, o)
	}
	out.Refine = m.Now().Sub(start) - v.net
	return out, nil
}

// finish takes the nets' verdict to the photograph's edges and size.
func (out *Matte) finish(p *Picture, c *canvas, alpha *Map, o Options) {
	if backdrop, ok := findBackdrop(c, alpha); ok {
		backdrop.correct(c, alpha)
		out.Warnings = append(out.Warnings, FlatBackdrop)
	}
	clean(alpha)
	clearHaze(alpha)
	fit := guide(c, alpha, false)
	solveClosedForm(c, alpha, fit.alpha, o.Effort.steps())
	if c.width != p.Width || c.height != p.Height {
		fit = guide(c, fit.alpha, true)
	}
	out.Alpha = fit.fullSize(p)
	out.retouch(o)
	if p.Alpha != nil {
		multiply(out.Alpha, p.Alpha)
	}
	out.Box = bounds(out.Alpha, p.Width, p.Height)
	if out.Confidence < lowConfidence {
		out.Warnings = append(out.Warnings, Disagreement)
	}
}

func keep(p *Picture) *Matte {
	return &Matte{
		Width: p.Width, Height: p.Height, Alpha: p.Alpha, Box: bounds(p.Alpha, p.Width, p.Height),
		Confidence: 1, Warnings: []Warning{KeptAlpha},
	}
}

// minSubject is the share of the picture that must be more opaque than not for
// it to have a subject at all; a net that sees nothing leaves less.
const minSubject = 0.0005

func hasSubject(alpha *Map) bool {
	return count(alpha.Pix, .5) > minSubject*float64(len(alpha.Pix))
}

func multiply(dst, by []uint8) {
	for i, v := range by {
		dst[i] = uint8((int(dst[i])*int(v) + 127) / 255)
	}
}

// bounds returns the smallest box that holds every pixel of visible alpha. The
// threshold keeps a single code value of noise from stretching the box.
func bounds(alpha []uint8, width, height int) image.Rectangle {
	const visible = 8
	box := image.Rectangle{Min: image.Pt(width, height)}
	for y := range height {
		row := alpha[y*width : (y+1)*width]
		first := 0
		for first < width && row[first] < visible {
			first++
		}
		if first == width {
			continue
		}
		last := width - 1
		for row[last] < visible {
			last--
		}
		box.Min = image.Pt(min(box.Min.X, first), min(box.Min.Y, y))
		box.Max = image.Pt(max(box.Max.X, last+1), y+1)
	}
	if box.Empty() {
		return image.Rectangle{}
	}
	return box
}
