package compose

import (
	"flag"
	"math"
	"math/rand/v2"
	"os"
	"testing"
)

var update = flag.Bool("update", false, "write what was seen: testdata/golden and noise.bin")

// TestNoiseTile makes the tile anew, so that it is known where it comes from.
func TestNoiseTile(t *testing.T) {
	want := string(voidAndCluster(noiseSide, 1.5))
	if *update {
		if err := os.WriteFile("noise.bin", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if noiseTile != want {
		t.Error("noise.bin is not what void-and-cluster makes; run the test with -update")
	}
}

// TestNoiseTileIsBlue checks what the tile is for: every threshold level lights
// the right share of pixels, and neighbourhoods are far more even than chance
// would make them.
func TestNoiseTileIsBlue(t *testing.T) {
	var count [256]int
	for _, v := range []byte(noiseTile) {
		count[v]++
	}
	for v, n := range count {
		if n != noiseSide*noiseSide/256 {
			t.Errorf("value %d occurs %d times, want %d", v, n, noiseSide*noiseSide/256)
		}
	}
	for _, level := range []uint32{32, 64, 128, 192} {
		p := float64(level) / 256
		chance := math.Sqrt(p * (1 - p) / 64)
		if got := blockDeviation(level, 8); got > .5*chance {
			t.Errorf("level %d: blocks of 8 x 8 deviate by %.4f, chance would by %.4f", level, got, chance)
		}
	}
}

// blockDeviation returns the standard deviation of the share of pixels below
// level among all blocks of that side.
func blockDeviation(level uint32, side int) float64 {
	var sum, squares, n float64
	for by := range noiseSide {
		for bx := range noiseSide {
			lit := 0.
			for i := range side * side {
				if noise(bx+i%side, by+i/side) < level {
					lit++
				}
			}
			share := lit / float64(side*side)
			sum, squares, n = sum+share, squares+share*share, n+1
		}
	}
	return math.Sqrt(squares/n - sum/n*sum/n)
}

// voidAndCluster ranks the cells of a square that wraps round: the cells of a
// relaxed random start are taken away from where they crowd most, the rest are
// added where the emptiest place is. The rank is the threshold.
func voidAndCluster(side int, sigma float64) []byte {
	n := side * side
	v := &cluster{side: side, on: make([]bool, n), energy: make([]float64, n), kernel: make([]float64, n)}
	for i := range v.kernel {
		dx, dy := min(i%side, side-i%side), min(i/side, side-i/side)
		v.kernel[i] = math.Exp(-float64(dx*dx+dy*dy) / (2 * sigma * sigma))
	}
	random := rand.New(rand.NewPCG(1, 2))
	for _, i := range random.Perm(n)[:n/10] {
		v.flip(i)
	}
	for {
		from := v.extreme(true)
		v.flip(from)
		to := v.extreme(false)
		v.flip(to)
		if from == to {
			break
		}
	}
	rank := make([]int, n)
	start := *v
	start.on, start.energy = append([]bool(nil), v.on...), append([]float64(nil), v.energy...)
	for r := n/10 - 1; r >= 0; r-- {
		i := start.extreme(true)
		start.flip(i)
		rank[i] = r
	}
	for r := n / 10; r < n; r++ {
		i := v.extreme(false)
		v.flip(i)
		rank[i] = r
	}
	tile := make([]byte, n)
	for i, r := range rank {
		tile[i] = byte(r * 256 / n)
	}
	return tile
}

type cluster struct {
	side           int
	on             []bool
	energy, kernel []float64
}

func (v *cluster) flip(i int) {
	sign := 1.
	if v.on[i] {
		sign = -1
	}
	v.on[i] = !v.on[i]
	for j := range v.energy {
		dx, dy := (j%v.side-i%v.side+v.side)%v.side, (j/v.side-i/v.side+v.side)%v.side
		v.energy[j] += sign * v.kernel[dy*v.side+dx]
	}
}

// extreme returns the most crowded lit cell, or the emptiest dark one.
func (v *cluster) extreme(lit bool) int {
	best := -1
	for i, e := range v.energy {
		if v.on[i] != lit {
			continue
		}
		// Rounding differs with the order of flips; a tie goes to the first.
		if best < 0 || lit && e > v.energy[best]+1e-9 || !lit && e < v.energy[best]-1e-9 {
			best = i
		}
	}
	return best
}
