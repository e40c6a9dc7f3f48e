package main

import (
	"context"
	"fmt"
	"math"
	"syscall"
	"time"

	"mattebox/internal/metrics"
)

// score is one contender on one clip: means over the frames.
type score struct {
	MAD, MSE float64 // times 1000
	Grad     float64 // thousands
	DTSSD    float64 // times 100
	CPU      float64 // processor seconds for a frame
	Looks    float64 // of the net for a frame
}

// measure takes a clip through a contender and scores what it gives.
func measure(ctx context.Context, c contestant, clip *testClip) (score, error) {
	var alphas [][]uint8
	start := processor()
	looks, err := c.mattes(ctx, clip, func(alpha []uint8) { alphas = append(alphas, alpha) })
	if err != nil {
		return score{}, err
	}
	spent := processor() - start
	if len(alphas) != len(clip.frames) {
		return score{}, fmt.Errorf("%d mattes for %d frames", len(alphas), len(clip.frames))
	}
	s, err := compare(clip, alphas)
	frames := float64(len(alphas))
	s.CPU, s.Looks = spent.Seconds()/frames, float64(looks)/frames
	return s, err
}

func compare(clip *testClip, alphas [][]uint8) (score, error) {
	var s score
	var before metrics.Pair
	for i, alpha := range alphas {
		truth := clip.truth[i]
		pair, err := metrics.Compare(metrics.Bytes(alpha, truth.Width, truth.Height), truth)
		if err != nil {
			return s, fmt.Errorf("frame %d: %w", i, err)
		}
		s.MAD += pair.MAE() * 1000
		s.MSE += pair.MSE() * 1000
		s.Grad += pair.Grad()
		if i > 0 {
			flicker, err := metrics.DTSSD(before, pair)
			if err != nil {
				return s, err
			}
			s.DTSSD += flicker
		}
		before = pair
	}
	n := float64(len(alphas))
	s.MAD, s.MSE, s.Grad, s.DTSSD = s.MAD/n, s.MSE/n, s.Grad/n, s.DTSSD/math.Max(n-1, 1)
	return s, nil
}

// processor returns the processor time that this process has spent.
func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
