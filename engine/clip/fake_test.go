package clip

import (
	"context"
	"errors"
	"io"
	"math"
	"sync/atomic"
	"testing"
	"time"

	"mattebox/matte"
	"mattebox/video"
)

// brightNet is a network that takes what is red for the subject: what enters it is
// x/255, so red above green by a half is subject. It is deterministic and
// counts how often it is asked.
type brightNet struct {
	name  string
	asked atomic.Int64
	fail  error
}

func (n *brightNet) Spec() matte.Spec {
	return matte.Spec{
		Name: n.name, Size: 256, Multiple: 32, Resize: matte.Stretch,
		Divisor: 255, Std: [3]float32{1, 1, 1}, Activation: matte.None,
	}
}

func (n *brightNet) Infer(ctx context.Context, in *matte.Tensor) (*matte.Map, error) {
	n.asked.Add(1)
	if n.fail != nil {
		return nil, n.fail
	}
	m := matte.NewMap(in.Width, in.Height)
	plane := in.Width * in.Height
	for i := range m.Pix {
		m.Pix[i] = clamp((in.Data[i]-in.Data[plane+i])*2, 0, 1)
	}
	return m, ctx.Err()
}

// newCutter returns a cutter whose nets are fakes.
func newCutter(t *testing.T) (*Cutter, *brightNet) {
	t.Helper()
	large, small := &brightNet{name: "large"}, &brightNet{name: "small"}
	k, err := New(Config{Large: large, Small: small})
	if err != nil {
		t.Fatal(err)
	}
	return k, large
}

// disc draws a red disc over grey texture that stands still. seed changes
// the texture.
func disc(width, height int, x, y, radius float64, seed int) *video.Frame {
	f := video.NewFrame(width, height)
	for r := range height {
		for c := range width {
			grey := 20 + 50*(noise(float64(c), float64(r), seed)+noise(float64(c)/4, float64(r)/4, seed))
			edge := clamp(float32(radius-math.Hypot(float64(c)-x, float64(r)-y)+.5), 0, 1)
			// The disc has a texture of its own, which moves with it.
			red := 155 + 50*(noise(float64(c)-x+500, float64(r)-y+500, 7)+noise((float64(c)-x)/3+500, (float64(r)-y)/3+500, 7))
			px := f.Pix[(r*width+c)*4:][:4]
			px[0] = uint8(float64(edge)*red + float64(1-edge)*grey)
			px[1] = uint8(float64(edge)*40 + float64(1-edge)*grey)
			px[2] = px[1]
			px[3] = 255
		}
	}
	return f
}

// noise is a smooth random texture, 0..1, in which no part resembles another: motion
// is found in it without doubt.
func noise(x, y float64, seed int) float64 {
	const cell = 5
	cx, cy := math.Floor(x/cell), math.Floor(y/cell)
	ax, ay := x/cell-cx, y/cell-cy
	value := func(x, y float64) float64 {
		h := uint32(int(x))*374761393 + uint32(int(y))*668265263 + uint32(seed)*2246822519
		h = (h ^ h>>13) * 1274126177
		return float64((h^h>>16)&0xffff) / 0xffff
	}
	top := value(cx, cy)*(1-ax) + value(cx+1, cy)*ax
	bottom := value(cx, cy+1)*(1-ax) + value(cx+1, cy+1)*ax
	return top*(1-ay) + bottom*ay
}

// reel gives frames one after the other, each once.
type reel struct {
	frames []*video.Frame
	next   int
	fail   error // after the last, in place of io.EOF
}

func (r *reel) Next() (*video.Frame, error) {
	if r.next == len(r.frames) {
		if r.fail != nil {
			return nil, r.fail
		}
		return nil, io.EOF
	}
	r.next++
	return r.frames[r.next-1], nil
}

// film makes n frames.
func film(n int, draw func(i int) *video.Frame) *reel {
	r := &reel{}
	for i := range n {
		f := draw(i)
		f.At = time.Duration(i) * 40 * time.Millisecond
		r.frames = append(r.frames, f)
	}
	return r
}

// mattesOf returns the mattes of a reel.
func mattesOf(t *testing.T, k *Cutter, m Model, r *reel) ([][]uint8, *Report) {
	t.Helper()
	var out [][]uint8
	report, err := k.Mattes(t.Context(), m, r, func(m Matted) error {
		out = append(out, m.Alpha)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out, report
}

var errBroken = errors.New("broken")
