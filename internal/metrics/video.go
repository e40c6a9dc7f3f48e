package metrics

import (
	"fmt"
	"math"
)

// DTSSD returns the flicker between two consecutive frames, times 100: the root
// of the mean squared difference between the matte's change and the truth's
// change (Erofeev et al., in the scale of Robust Video Matting's tables). A
// clip's figure is the mean over its frames but the first. Frames of different
// sizes are an error that wraps ErrSize.
func DTSSD(before, now Pair) (float64, error) {
	if before.want.Width != now.want.Width || before.want.Height != now.want.Height {
		return 0, fmt.Errorf("frames %d x %d and %d x %d: %w", before.want.Width, before.want.Height,
			now.want.Width, now.want.Height, ErrSize)
	}
	var sum float64
	for i := range now.want.Value {
		got := float64(now.got.Value[i]) - float64(before.got.Value[i])
		want := float64(now.want.Value[i]) - float64(before.want.Value[i])
		sum += (got - want) * (got - want)
	}
	return 100 * math.Sqrt(sum/float64(len(now.want.Value))), nil
}
