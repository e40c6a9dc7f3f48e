package engine

import (
	"context"
	"fmt"
	"image"
	"slices"
	"time"

	"mattebox"
	"mattebox/compose"
	"mattebox/imaging"
	"mattebox/matte"
)

// Report says what became of one picture.
type Report struct {
	Width, Height             int             // of the result, in pixels
	SourceWidth, SourceHeight int             // of the upright source; of several, the first
	Box                       image.Rectangle // of the subject on that source; empty when none was found
	Cut                       bool            // a subject was looked for; without, Confidence says nothing
	Confidence                float64         // 0..1, of the least sure photograph; below .8 a person should look
	Scale                     float64         // canvas pixels per source pixel of the content; 0 for a matte alone
	MediaType                 string          // of the result
	ThumbnailType             string          // media type of the thumbnail; empty when none was asked for
	Models                    []string        // networks that were asked
	Passes                    int             // how often, together
	Warnings                  []string
	Steps                     Steps
}

// Steps are the times that the steps took.
type Steps struct {
	Decode, Net, Refine, Foreground, Compose, Encode, Total time.Duration
}

// passage is the state of one picture on its road.
type passage struct {
	engine *Engine
	job    Job
	clock  stopwatch
	report Report

	photos []*shot
	canvas *compose.Canvas
}

// shot is one photograph on its road to the canvas.
type shot struct {
	Photo
	header imaging.Header

	photo   *imaging.Picture // as decoded
	subject *imaging.Picture // foreground colours and matte; shares photo's samples unless both are needed
	matte   *matte.Matte     // nil where the template needs none
	cutout  compose.Cutout
}

func (p *passage) finish() *Report {
	p.report.Steps.Total = p.clock.total
	return &p.report
}

// take takes the steps of one photograph.
func (p *passage) take(ctx context.Context, s *shot, steps ...func(context.Context, *shot) error) error {
	for _, step := range steps {
		if err := inTurn(ctx, func(ctx context.Context) error { return step(ctx, s) }); err != nil {
			return p.about(s, err)
		}
	}
	return nil
}

// about says of which of several photographs an error is.
func (p *passage) about(s *shot, err error) error {
	if len(p.photos) == 1 {
		return err
	}
	return fmt.Errorf("photograph %d: %w", p.number(s), err)
}

// number counts the job's photographs from 1.
func (p *passage) number(s *shot) int { return slices.Index(p.photos, s) + 1 }

func (p *passage) warn(s *shot, texts ...matte.Warning) {
	for _, t := range texts {
		text := string(t)
		if len(p.photos) > 1 {
			text = fmt.Sprintf("photograph %d: %s", p.number(s), t)
		}
		p.report.Warnings = append(p.report.Warnings, text)
	}
}

// stopwatch adds up the time of steps.
type stopwatch struct {
	now   func() time.Time
	total time.Duration
}

// time runs f and adds its time to d and to the total.
func (s *stopwatch) time(d *time.Duration, f func() error) error {
	start := s.now()
	err := f()
	took := s.now().Sub(start)
	*d += took
	s.total += took
	return err
}

// efforts maps a quality to the matte engine's effort.
func effort(q mattebox.Quality) matte.Effort {
	switch q {
	case mattebox.QualityFast:
		return matte.Fast
	case mattebox.QualityBest:
		return matte.Best
	default:
		return matte.Standard
	}
}
