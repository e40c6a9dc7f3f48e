package engine

import (
	"image"
	"time"

	"mattebox"
	"mattebox/compose"
	"mattebox/imaging"
	"mattebox/matte"
)

// Report says what became of one picture.
type Report struct {
	Width, Height             int             // of the result, in pixels
	SourceWidth, SourceHeight int             // of the upright source
	Box                       image.Rectangle // of the subject on the source; empty when none was found
	Confidence                float64         // 0..1; below .8 a person should look
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

	header  imaging.Header
	photo   *imaging.Picture // as decoded
	subject *imaging.Picture // foreground colours and matte; shares photo's samples unless both are needed
	matte   *matte.Matte
	canvas  *compose.Canvas
}

func (p *passage) finish() *Report {
	p.report.Steps.Total = p.clock.total
	return &p.report
}

func (p *passage) warn(texts ...matte.Warning) {
	for _, t := range texts {
		p.report.Warnings = append(p.report.Warnings, string(t))
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
