package clip

import (
	"image"
	"slices"

	"golang.org/x/image/draw"
	"golang.org/x/image/math/f64"

	"mattebox/matte"
	"mattebox/video"
)

// Matted is a frame with its matte at its own size.
type Matted struct {
	Frame *video.Frame
	Alpha []uint8 // Width*Height, 0 background .. 255 subject
}

// full makes the matte at the frame's size, times the alpha that the frame has of
// its own.
func (s *shot) full(p policy) []uint8 {
	alpha := s.own()
	if s.alpha == nil { // a cut-out already
		return alpha
	}
	wide := s.wide(p)
	if alpha == nil {
		return wide
	}
	for i, a := range wide {
		alpha[i] = uint8((uint32(a)*uint32(alpha[i]) + 127) / 255)
	}
	return alpha
}

// own copies the frame's alpha; nil where it is opaque throughout and has a matte.
func (s *shot) own() []uint8 {
	f, clear := s.frame, s.alpha == nil
	for i := 3; i < len(f.Pix) && !clear; i += 4 {
		clear = f.Pix[i] != 255
	}
	if !clear {
		return nil
	}
	alpha := make([]uint8, f.Width*f.Height)
	for i := range alpha {
		alpha[i] = f.Pix[i*4+3]
	}
	return alpha
}

// wide makes the matte at the frame's size. Frames in which nothing has moved since
// a key share the key's, which nobody may change.
func (s *shot) wide(p policy) []uint8 {
	if s.like != nil {
		return s.like.wide(p)
	}
	s.once.Do(func() {
		if p.sharpen {
			s.bytes = matte.Sharpen(rgbOf(s.frame), s.alpha, p.solve)
			return
		}
		m := s.alpha.Resize(s.frame.Width, s.frame.Height)
		s.bytes = make([]uint8, len(m.Pix))
		for i, v := range m.Pix {
			s.bytes[i] = uint8(clamp(v, 0, 1)*255 + .5)
		}
	})
	return s.bytes
}

// compositor lays cut-outs on canvases. Its methods may be called by several
// goroutines at once.
type compositor struct {
	place  image.Rectangle // of the frame on the canvas
	scale  bool            // the frame has another size than the place
	scaler draw.Scaler     // nil: it would take too much memory
	blur   bool            // the frame's own background lies behind
	bleed  bool            // clear pixels get colours, for an encoder that loses detail
}

func newCompositor(j Job, size image.Point) *compositor {
	width, height, behind := j.Info.Width, j.Info.Height, j.Scene.Background.Kind
	c := &compositor{place: j.Scene.place(size, width, height), blur: behind == Blur}
	c.bleed = behind == Transparent && !slices.Contains([]video.Format{video.GIF, video.WebP, video.PNGSequence}, j.Format)
	c.scale = c.place.Dx() != width || c.place.Dy() != height
	if c.scale && c.place.Dx()*height <= scalerMost {
		c.scaler = draw.BiLinear.NewScaler(c.place.Dx(), c.place.Dy(), width, height)
	}
	return c
}

// A draw.Scaler is the faster way, but holds scalerBytes for each of the columns of the
// place in each row of the frame, seen or not: ten times the canvas, of a frame that is
// scaled up so far. With scalerMost of them, frames of 1080 rows fill canvases of any width.
const (
	scalerBytes = 32
	scalerMost  = 1080 * MaxCanvas
)

// compose puts the frame's subject on the canvas, whose background is painted. The frame's
// own colours are replaced by the subject's in its soft pixels.
func (c *compositor) compose(canvas *video.Frame, m Matted, estimate bool) {
	if c.blur {
		blurBehind(canvas, m)
	}
	if estimate {
		cleanColours(m)
	}
	if !c.scale {
		lay(canvas, c.place.Min, m.Frame.Pix, m.Alpha, m.Frame.Width)
	} else {
		c.layScaled(canvas, m)
	}
	if c.bleed {
		bleed(canvas)
	}
}

// cleanColours takes the old background out of the soft pixels' colours.
func cleanColours(m Matted) {
	p := rgbOf(m.Frame)
	matte.Foreground(p, m.Alpha)
	for i, a := range m.Alpha {
		if a > 0 && a < 255 {
			copy(m.Frame.Pix[i*4:i*4+3], p.Pix[i*3:i*3+3])
		}
	}
}

// lay composes samples, straight with alpha beside, over the canvas.
func lay(canvas *video.Frame, at image.Point, pix, alpha []uint8, width int) {
	height := len(alpha) / width
	r := image.Rect(0, 0, width, height).Add(at).Intersect(image.Rect(0, 0, canvas.Width, canvas.Height))
	for y := r.Min.Y; y < r.Max.Y; y++ {
		from := (y-at.Y)*width + r.Min.X - at.X
		dst := canvas.Pix[(y*canvas.Width+r.Min.X)*4:][:r.Dx()*4]
		for x := range r.Dx() {
			over(dst[x*4:x*4+4:x*4+4], pix[(from+x)*4:][:3:3], uint32(alpha[from+x]))
		}
	}
}

// over composes one straight sample of alpha a over a pixel.
func over(dst, src []uint8, a uint32) {
	switch below := uint32(dst[3]); {
	case a == 0:
	case a == 255 || below == 0:
		dst[0], dst[1], dst[2], dst[3] = src[0], src[1], src[2], uint8(a)
	default:
		rest := below * (255 - a) / 255
		sum := a + rest
		for c := range 3 {
			dst[c] = uint8((uint32(src[c])*a + uint32(dst[c])*rest + sum/2) / sum)
		}
		dst[3] = uint8(sum)
	}
}

// layScaled scales the cut-out, its colours weighted by alpha, and composes it.
func (c *compositor) layScaled(canvas *video.Frame, m Matted) {
	src := image.NewNRGBA(image.Rect(0, 0, m.Frame.Width, m.Frame.Height))
	copy(src.Pix, m.Frame.Pix)
	for i, a := range m.Alpha {
		src.Pix[i*4+3] = a
	}
	visible := c.place.Intersect(image.Rect(0, 0, canvas.Width, canvas.Height))
	if visible.Empty() {
		return
	}
	scaled := image.NewRGBA(visible)
	c.fit(scaled, src)
	for y := visible.Min.Y; y < visible.Max.Y; y++ {
		row := scaled.Pix[scaled.PixOffset(visible.Min.X, y):][:visible.Dx()*4]
		dst := canvas.Pix[(y*canvas.Width+visible.Min.X)*4:][:visible.Dx()*4]
		for x := 0; x < len(row); x += 4 {
			a := uint32(row[x+3])
			if a == 0 {
				continue
			}
			var straight [3]uint8
			for ch := range straight {
				straight[ch] = uint8(min((uint32(row[x+ch])*255+a/2)/a, 255))
			}
			over(dst[x:x+4:x+4], straight[:], a)
		}
	}
}

// fit draws what of the place lies on dst. Both ways give the same but for rounding.
func (c *compositor) fit(dst *image.RGBA, src *image.NRGBA) {
	if c.scaler != nil {
		c.scaler.Scale(dst, c.place, src, src.Rect, draw.Src, nil)
		return
	}
	across, down := float64(c.place.Dx())/float64(src.Rect.Dx()), float64(c.place.Dy())/float64(src.Rect.Dy())
	draw.BiLinear.Transform(dst, f64.Aff3{across, 0, float64(c.place.Min.X), 0, down, float64(c.place.Min.Y)}, src, src.Rect, draw.Src, nil)
}
