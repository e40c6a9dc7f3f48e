package compose

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func gradient(top, bottom uint8, height int) *Fill {
	t, b := uint16(top)*257, uint16(bottom)*257
	return &Fill{Top: [3]uint16{t, t, t}, Bottom: [3]uint16{b, b, b}, Height: height}
}

func TestFillSolidIsExact(t *testing.T) {
	c := [3]uint16{12 * 257, 200 * 257, 30000}
	f := &Fill{Top: c, Bottom: c, Height: 50}
	row := make([]uint8, 3*100)
	for y := range 50 {
		f.Row(y, row)
		for x := range 100 {
			if diff := cmp.Diff([]uint8{12, 200, 117}, row[3*x:3*x+3]); diff != "" {
				t.Fatalf("row %d, pixel %d (-want +got)\n%s", y, x, diff)
			}
		}
	}
	row16 := make([]uint16, 3)
	f.Row16(7, row16)
	if diff := cmp.Diff(c[:], row16); diff != "" {
		t.Errorf("16 bits (-want +got)\n%s", diff)
	}
}

func TestFillEndsAreExact(t *testing.T) {
	f := gradient(250, 10, 333)
	row := make([]uint8, 3*70)
	for _, end := range []struct {
		y    int
		want uint8
	}{{0, 250}, {332, 10}} {
		f.Row(end.y, row)
		for i, v := range row {
			if v != end.want {
				t.Fatalf("row %d, sample %d = %d, want %d", end.y, i, v, end.want)
			}
		}
	}
	single := gradient(7, 99, 1)
	single.Row(0, row)
	if row[0] != 7 {
		t.Errorf("a canvas of one row is %d, want the top colour 7", row[0])
	}
}

// TestFillHasNoBands checks what dithering is for, on the slope that shows bands
// most: few levels over many rows. Every neighbourhood's mean is the true value,
// and no two rows in a band are the same.
func TestFillHasNoBands(t *testing.T) {
	const height, width, near = 1024, 256, 16
	f := gradient(236, 240, height)
	rows := make([][]uint8, height)
	for y := range rows {
		rows[y] = make([]uint8, 3*width)
		f.Row(y, rows[y])
	}
	for y0 := 0; y0 < height; y0 += near {
		for x0 := 0; x0 < width; x0 += near {
			sum := 0.
			for i := range near * near {
				sum += float64(rows[y0+i/near][3*(x0+i%near)])
			}
			want := 236 + 4*(float64(y0)+(near-1)/2.)/(height-1)
			if got := sum / near / near; math.Abs(got-want) > .06 {
				t.Errorf("mean at %d, %d = %.3f, want %.3f", x0, y0, got, want)
			}
		}
	}
	if cmp.Equal(rows[100], rows[101]) {
		t.Error("two rows in the middle of a step are the same")
	}
}

func TestFillKeepsGreyNeutral(t *testing.T) {
	f := gradient(255, 200, 300)
	row := make([]uint8, 3*64)
	for y := range 300 {
		f.Row(y, row)
		for x := range 64 {
			if row[3*x] != row[3*x+1] || row[3*x] != row[3*x+2] {
				t.Fatalf("pixel %d, %d is %v", x, y, row[3*x:3*x+3])
			}
		}
	}
}

func TestFill16IsStraight(t *testing.T) {
	f := &Fill{Bottom: [3]uint16{65535, 1000, 0}, Height: 1001}
	row := make([]uint16, 6)
	f.Row16(250, row)
	if diff := cmp.Diff([]uint16{16384, 250, 0, 16384, 250, 0}, row); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
