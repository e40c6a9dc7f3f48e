package metrics

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// AUC returns the area under the ROC curve: the chance that a success picked at
// random has a higher score than a failure picked at random, ties counting half
// (the Mann-Whitney statistic; Hanley and McNeil, Radiology 1982). It is 1 for a
// score that ranks every success above every failure, .5 for a blind one, and NaN
// when one of the two classes is empty or a score is NaN. Slices of different lengths are an error
// that wraps ErrSize.
func AUC(score []float64, success []bool) (float64, error) {
	if len(score) != len(success) {
		return 0, fmt.Errorf("%d scores, %d outcomes: %w", len(score), len(success), ErrSize)
	}
	if slices.ContainsFunc(score, math.IsNaN) {
		return math.NaN(), nil
	}
	order := make([]int, len(score))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(score[a], score[b]) })
	var wins float64
	successes, failures := 0, 0
	for at := 0; at < len(order); {
		end, up := at, 0
		for ; end < len(order) && score[order[end]] == score[order[at]]; end++ {
			if success[order[end]] {
				up++
			}
		}
		down := end - at - up
		wins += float64(up) * (float64(failures) + float64(down)/2)
		successes, failures, at = successes+up, failures+down, end
	}
	if successes == 0 || failures == 0 {
		return math.NaN(), nil
	}
	return wins / (float64(successes) * float64(failures)), nil
}
