package engine

import (
	"context"
	"image"
	"io"

	"mattebox/compose"
)

// Measured is what Measure found.
type Measured struct {
	Photos     []Seen  // in the job's order
	Scale      float64 // that the picture gets by itself under the job's template; 0 when there is no subject to scale
	Cut        bool    // subjects were looked for; without, Confidence says nothing
	Confidence float64 // of the least sure photograph
	Models     []string
	Passes     int
	Warnings   []string
	Steps      Steps
}

// Seen is one photograph as Measure found it.
type Seen struct {
	Width, Height int             // upright, in pixels
	Box           image.Rectangle // of the subject; empty when none was found or looked for
	Confidence    float64
}

// Measure finds the subjects of the job's photographs and the scale that the
// picture gets by itself. The matte of each photograph goes to the writer of its
// place, to be handed to Remove as Job.Matte or Photo.Matte: its result is then
// the same to the bit, and no network runs again. Nothing is written of a
// photograph whose matte the template does not need. Fewer writers than
// photographs will do. Errors are those of Remove.
func (e *Engine) Measure(ctx context.Context, job Job, mattes ...io.Writer) (*Measured, error) {
	p, release, err := e.begin(ctx, job)
	if err != nil {
		return nil, err
	}
	defer release()
	m := &Measured{}
	var shapes []compose.Shape
	var dpi float64
	for i, s := range p.photos {
		if err := p.take(ctx, s, p.decode, p.segment); err != nil {
			return nil, err
		}
		if i == 0 {
			dpi = s.photo.Meta.DPI
		}
		seen := s.seen()
		m.Photos = append(m.Photos, seen)
		shapes = append(shapes, compose.Shape{Width: seen.Width, Height: seen.Height, Box: seen.Box})
		if i < len(mattes) && s.matte != nil {
			if err := p.keep(s, mattes[i]); err != nil {
				return nil, err
			}
		}
		s.photo, s.matte = nil, nil // the next one may have their memory
	}
	if m.Scale, err = compose.Fit(job.Template, dpi, shapes...); err != nil {
		return nil, err
	}
	r := p.finish()
	m.Cut, m.Confidence, m.Warnings = r.Cut, r.Confidence, r.Warnings
	m.Models, m.Passes, m.Steps = r.Models, r.Passes, r.Steps
	return m, nil
}

// keep writes a matte.
func (p *passage) keep(s *shot, w io.Writer) error {
	return p.clock.time(&p.report.Steps.Encode, func() error { return writeMatte(w, s.matte, s.File) })
}

func (s *shot) seen() Seen {
	out := Seen{Width: s.photo.Width, Height: s.photo.Height}
	if s.matte != nil {
		out.Box, out.Confidence = s.matte.Box, s.matte.Confidence
	}
	return out
}
