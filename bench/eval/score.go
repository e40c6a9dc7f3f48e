package main

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"sync"

	"mattebox/bench/contender"
	"mattebox/internal/metrics"
)

// failure is the IoU below which a cut-out counts as failed.
const failure = .8

// column is one contender's scores, in the order of the samples.
type column struct {
	name   string
	scores []score
}

// score is one cut-out measured.
type score struct {
	metrics.Scores
	Colour     float64  // foreground colour error, 0..255; NaN when the truth is unknown
	Confidence *float64 // as the contender reported it
	Milli      map[string]float64
	Output     string
	Fault      string // why there is no cut-out; it is then scored as an empty one
}

// scoreAll measures all cut-outs of a contender, several at a time.
func scoreAll(ctx context.Context, name string, cases []sample, cut map[string]contender.Picture) (column, error) {
	scores := make([]score, len(cases))
	faults := make([]error, len(cases))
	next := make(chan int)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for i := range next {
				scores[i], faults[i] = scoreOne(cases[i], cut[cases[i].key()])
			}
		})
	}
	for i := range cases {
		next <- i
	}
	close(next)
	workers.Wait()
	for i, err := range faults {
		if err != nil {
			return column{}, fmt.Errorf("scoring %s of %s: %w", cases[i].key(), name, err)
		}
	}
	return column{name, scores}, ctx.Err()
}

// scoreOne measures one cut-out. What is wrong with the truth is an error; what is
// wrong with the cut-out is a fault of the contender.
func scoreOne(c sample, report contender.Picture) (score, error) {
	truth, width, height, err := readMatte(c.Alpha)
	if err != nil {
		return score{}, err
	}
	result := score{Confidence: report.Confidence, Milli: report.Milliseconds, Output: report.Output, Colour: math.NaN()}
	cutout, fault := readCutout(report, width, height)
	if fault != "" {
		result.Fault = fault
		cutout = raster{width, height, make([]uint8, 3*width*height), make([]uint8, width*height)}
	}
	want := metrics.Bytes(truth, width, height)
	pair, err := metrics.Compare(metrics.Bytes(cutout.alpha, width, height), want)
	if err != nil {
		return score{}, err
	}
	result.Scores = pair.Scores()
	if c.Foreground != "" {
		result.Colour, err = colourError(c, cutout, want)
	}
	return result, err
}

// readCutout returns the contender's cut-out, or what is wrong with it.
func readCutout(report contender.Picture, width, height int) (raster, string) {
	if report.Error != "" {
		return raster{}, report.Error
	}
	if report.Output == "" {
		return raster{}, "no report on this picture"
	}
	cutout, err := readRaster(report.Output)
	if err != nil {
		return raster{}, err.Error()
	}
	if cutout.width != width || cutout.height != height {
		return raster{}, fmt.Sprintf("the cut-out is %d x %d, the photo %d x %d", cutout.width, cutout.height, width, height)
	}
	return cutout, ""
}

// colourError measures the cut-out's colours. Where a cut-out is wholly
// transparent it shows no colour, and whatever its file holds there is replaced by
// the photo's own: the missing alpha is SAD's matter, and everyone's colours are
// judged over the same pixels.
func colourError(c sample, cutout raster, truth metrics.Plane) (float64, error) {
	photo, err := readRaster(c.Photo)
	if err != nil {
		return 0, err
	}
	colours, err := readRaster(c.Foreground)
	if err != nil {
		return 0, err
	}
	if len(photo.rgb) != len(cutout.rgb) {
		return 0, fmt.Errorf("the photo is %d x %d, its truth %d x %d: %w",
			photo.width, photo.height, cutout.width, cutout.height, metrics.ErrSize)
	}
	shown := make([]uint8, len(cutout.rgb))
	copy(shown, cutout.rgb)
	for i, a := range cutout.alpha {
		if a == 0 {
			copy(shown[3*i:3*i+3], photo.rgb[3*i:3*i+3])
		}
	}
	return metrics.ForegroundError(shown, colours.rgb, truth)
}
