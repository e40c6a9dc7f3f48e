package engine

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"mattebox/imaging"
)

// Whole results are compared with pictures that a person has looked at. Tolerance:
// other processors round otherwise, in the networks and after them.
const (
	goldenMean  = 1.5  // mean difference of the visible samples, of 255
	goldenShare = .005 // of the pixels that may differ by more than goldenFar
	goldenFar   = 40
)

func TestGolden(t *testing.T) {
	for name, text := range map[string]string{
		"transparent":  `{}`,
		"white_shadow": `{"backgroundType":1,"backgroundColor":"ffffff","shadowType":2,"resizeType":2,"resizeWidth":240,"resizeHeight":240,"marginType":1,"marginTop":10,"marginBottom":10,"marginLeft":10,"marginRight":10}`,
	} {
		t.Run(name, func(t *testing.T) {
			data, _ := remove(t, fast(t, text))
			path := filepath.Join("testdata", "golden", name+".png")
			if *update {
				must(t, os.MkdirAll(filepath.Dir(path), 0o755))
				must(t, os.WriteFile(path, data, 0o644))
				return
			}
			golden, err := os.ReadFile(path)
			must(t, err)
			if fault := compare(decode(t, golden), decode(t, data)); fault != "" {
				seen := filepath.Join(t.ArtifactDir(), name+".png")
				must(t, os.WriteFile(seen, data, 0o644))
				t.Errorf("%s; what was seen is in %s (kept with -artifacts), -update accepts it", fault, seen)
			}
		})
	}
}

// compare returns what is wrong with got, or nothing. Colours count as far as they
// can be seen.
func compare(want, got *imaging.Picture) string {
	if want.Width != got.Width || want.Height != got.Height || (want.Alpha == nil) != (got.Alpha == nil) {
		return fmt.Sprintf("%d x %d with alpha %t, want %d x %d with %t", got.Width, got.Height, got.Alpha != nil, want.Width, want.Height, want.Alpha != nil)
	}
	var sum float64
	var far int
	for i := range want.Width * want.Height {
		d := apart(want, got, i)
		sum += float64(d)
		if d > goldenFar {
			far++
		}
	}
	n := float64(want.Width * want.Height)
	if sum/n > goldenMean || float64(far) > goldenShare*n {
		return fmt.Sprintf("mean difference %.2f, %d pixels differ by more than %d", sum/n, far, goldenFar)
	}
	return ""
}

// apart is the largest difference of pixel i's premultiplied samples and alpha.
func apart(a, b *imaging.Picture, i int) int {
	alpha := func(p *imaging.Picture) int {
		if p.Alpha == nil {
			return 255
		}
		return int(p.Alpha[i])
	}
	d := max(alpha(a)-alpha(b), alpha(b)-alpha(a))
	for c := range 3 {
		v := (int(a.Pix[i*3+c])*alpha(a) - int(b.Pix[i*3+c])*alpha(b)) / 255
		d = max(d, v, -v)
	}
	return d
}

// The comparison itself sees a matte that is a few pixels off.
func TestCompareSeesAFault(t *testing.T) {
	p := picture()
	p.Alpha = photo().Alpha
	moved := *p
	moved.Alpha = append(bytes.Repeat([]byte{0}, 6), p.Alpha[:len(p.Alpha)-6]...)
	if compare(p, p) != "" || compare(p, &moved) == "" {
		t.Error("a matte that lies 6 pixels beside passes, or the same one does not")
	}
}
