package clip

// Motion is found as in DIS (Kroeger, Timofte, Dai, Van Gool: Fast Optical Flow
// using Dense Inverse Search, ECCV 2016), without its variational refinement:
// patches of the target are moved over the source by Gauss-Newton steps, from the
// coarsest size to the finest, and each pixel takes the mean of the patches over
// it, weighted by how well each explains that pixel. Brightness is compared less
// its mean over the patch, so that light may change.
const (
	patchSide   = 8
	patchStep   = 4
	patchPixels = patchSide * patchSide
	searchSteps = 6
	settled     = 0.05 // pixels; a smaller step ends the search
)

// flow is where each pixel of a target lies in a source: displacements in pixels
// of the plane, and how well the source explains the pixel there, in grey levels.
type flow struct {
	width, height int
	dx, dy        []float32
	miss          []float32 // mean absolute difference around the pixel, 0..255
}

func newFlow(width, height int) *flow {
	n := width * height
	buf := make([]float32, 3*n)
	return &flow{width: width, height: height, dx: buf[:n:n], dy: buf[n : 2*n : 2*n], miss: buf[2*n:]}
}

// patch is a target's patch: its values less their mean, its gradients, and the
// inverse of their second moments.
type patch struct {
	value  [patchPixels]float32
	gx, gy [patchPixels]float32
	hxx    float32
	hxy    float32
	hyy    float32
	flat   bool
}

// motion finds the flow from target to source. The coarser sizes are searched
// throughout; of the finest only the patches for which want says so, given the patch's
// centre and the displacement known so far (nil: all). near, where not nil, is a flow
// between frames that lie close: the search starts from it rather than from rest.
func motion(target, source pyramid, near *flow, want func(x, y int, dx, dy float32) bool) *flow {
	var last *flow
	for level := len(target) - 1; level >= 0; level-- {
		f := newFlow(target[level].width, target[level].height)
		s := &search{target: target[level], source: source[level], before: last}
		if near != nil && last == nil {
			s.before = near.shrunk(f.width, f.height)
		}
		if level == 0 {
			s.want = want
		}
		s.run(f)
		last = f
	}
	last.measure(target[0], source[0])
	return last
}

// search is the work on one size.
type search struct {
	target, source *luma
	before         *flow // of another size; nil: rest
	want           func(x, y int, dx, dy float32) bool
	columns, lines int
	dx, dy         []float32 // of each patch
	p              patch
}

func (s *search) run(f *flow) {
	s.columns = (s.target.width-patchSide)/patchStep + 2
	s.lines = (s.target.height-patchSide)/patchStep + 2
	s.dx, s.dy = make([]float32, s.columns*s.lines), make([]float32, s.columns*s.lines)
	for j := range s.lines {
		for i := range s.columns {
			s.find(i, j)
		}
	}
	s.spread(f)
}

// corner returns the top left pixel of a patch; the last column and line lie at
// the picture's edge.
func (s *search) corner(i, j int) (int, int) {
	return min(i*patchStep, s.target.width-patchSide), min(j*patchStep, s.target.height-patchSide)
}

// find moves one patch.
func (s *search) find(i, j int) {
	x, y := s.corner(i, j)
	k := j*s.columns + i
	if s.before != nil {
		s.dx[k], s.dy[k] = s.before.grown(x+patchSide/2, y+patchSide/2, s.target)
	}
	if s.want != nil && !s.want(x+patchSide/2, y+patchSide/2, s.dx[k], s.dy[k]) {
		return
	}
	s.load(x, y)
	if s.p.flat {
		return
	}
	best := s.error(x, y, s.dx[k], s.dy[k])
	if i > 0 { // a neighbour's answer may be the better start
		s.propose(k, k-1, x, y, &best)
	}
	if j > 0 {
		s.propose(k, k-s.columns, x, y, &best)
	}
	s.descend(k, x, y, best)
}

func (s *search) propose(k, from, x, y int, best *float32) {
	if s.dx[from] == s.dx[k] && s.dy[from] == s.dy[k] {
		return
	}
	if e := s.error(x, y, s.dx[from], s.dy[from]); e < *best {
		*best, s.dx[k], s.dy[k] = e, s.dx[from], s.dy[from]
	}
}

// load prepares the target's patch.
func (s *search) load(x, y int) {
	p, l := &s.p, s.target
	var sum, xx, xy, yy float32
	for r := range patchSide {
		at := l.at(x, y+r)
		up, row, down := l.pix[at-l.stride:][:patchSide], l.pix[at-1:][:patchSide+2], l.pix[at+l.stride:][:patchSide]
		for c := range patchSide {
			gx, gy := (row[c+2]-row[c])/2, (down[c]-up[c])/2
			o := r*patchSide + c
			p.value[o], p.gx[o], p.gy[o] = row[c+1], gx, gy
			sum += row[c+1]
			xx += gx * gx
			xy += gx * gy
			yy += gy * gy
		}
	}
	mean := sum / patchPixels
	for o := range p.value {
		p.value[o] -= mean
	}
	const damping = 8 // of a patch with an edge in one direction only
	xx, yy = xx+damping, yy+damping
	det := xx*yy - xy*xy
	p.flat = xx+yy < 4*damping
	p.hxx, p.hxy, p.hyy = yy/det, -xy/det, xx/det
}

// descend takes Gauss-Newton steps for as long as they help.
func (s *search) descend(k, x, y int, best float32) {
	dx, dy := s.dx[k], s.dy[k]
	for range searchSteps {
		stepX, stepY, e := s.step(x, y, dx, dy)
		if e < best {
			best, s.dx[k], s.dy[k] = e, dx, dy
		}
		if stepX*stepX+stepY*stepY < settled*settled {
			return
		}
		dx, dy = dx-stepX, dy-stepY
		if far := abs32(dx-s.dx[k]) + abs32(dy-s.dy[k]); far > patchSide {
			return
		}
	}
	if e := s.error(x, y, dx, dy); e < best {
		s.dx[k], s.dy[k] = dx, dy
	}
}

// bilinear is a place in a padded plane: the index of its upper left pixel and the
// weights of the four.
type bilinear struct {
	at                 int
	w00, w01, w10, w11 float32
}

// place keeps the patch within the border.
func (s *search) place(x, y int, dx, dy float32) bilinear {
	const edge = lumaPad - 2
	fx := clamp(float32(x)+dx, -edge, float32(s.source.width-patchSide+edge))
	fy := clamp(float32(y)+dy, -edge, float32(s.source.height-patchSide+edge))
	ix, iy := int(fx+lumaPad)-lumaPad, int(fy+lumaPad)-lumaPad // rounds down, also below 0
	ax, ay := fx-float32(ix), fy-float32(iy)
	return bilinear{
		at:  s.source.at(ix, iy),
		w00: (1 - ax) * (1 - ay), w01: ax * (1 - ay), w10: (1 - ax) * ay, w11: ax * ay,
	}
}

// sample reads the source's patch and returns its mean.
func (s *search) sample(out *[patchPixels]float32, b bilinear) float32 {
	var sum float32
	stride := s.source.stride
	for r := range patchSide {
		top := s.source.pix[b.at+r*stride:][: patchSide+1 : patchSide+1]
		bottom := s.source.pix[b.at+(r+1)*stride:][: patchSide+1 : patchSide+1]
		dst := out[r*patchSide:][:patchSide:patchSide]
		for c := range dst {
			v := b.w00*top[c] + b.w01*top[c+1] + b.w10*bottom[c] + b.w11*bottom[c+1]
			dst[c] = v
			sum += v
		}
	}
	return sum / patchPixels
}

// error is the sum of squared differences at a displacement.
func (s *search) error(x, y int, dx, dy float32) float32 {
	var got [patchPixels]float32
	mean := s.sample(&got, s.place(x, y, dx, dy))
	var e float32
	for o, v := range got {
		d := v - mean - s.p.value[o]
		e += d * d
	}
	return e
}

// step returns the Gauss-Newton step at a displacement, and its error.
func (s *search) step(x, y int, dx, dy float32) (stepX, stepY, e float32) {
	var got [patchPixels]float32
	mean := s.sample(&got, s.place(x, y, dx, dy))
	p := &s.p
	var bx, by float32
	for o, v := range got {
		d := v - mean - p.value[o]
		e += d * d
		bx += d * p.gx[o]
		by += d * p.gy[o]
	}
	return p.hxx*bx + p.hxy*by, p.hxy*bx + p.hyy*by, e
}

// spread gives each pixel the mean of the patches over it.
func (s *search) spread(f *flow) {
	weight := f.miss // scratch until measure
	for j := range s.lines {
		for i := range s.columns {
			s.spreadPatch(f, weight, i, j)
		}
	}
	for k, w := range weight {
		f.dx[k] /= w
		f.dy[k] /= w
	}
}

func (s *search) spreadPatch(f *flow, weight []float32, i, j int) {
	x, y := s.corner(i, j)
	k := j*s.columns + i
	dx, dy := s.dx[k], s.dy[k]
	var got [patchPixels]float32
	s.sample(&got, s.place(x, y, dx, dy))
	for r := range patchSide {
		want := s.target.row(y + r)[x:][:patchSide]
		at := (y+r)*f.width + x
		fx, fy, fw := f.dx[at:][:patchSide], f.dy[at:][:patchSide], weight[at:][:patchSide]
		for c, v := range got[r*patchSide:][:patchSide] {
			w := 1 / max32(abs32(v-want[c]), 1)
			fx[c] += w * dx
			fy[c] += w * dy
			fw[c] += w
		}
	}
}

// measure fills miss: the difference at each pixel's displacement, as a mean over
// 3 x 3 pixels.
func (f *flow) measure(target, source *luma) {
	raw := make([]float32, len(f.miss))
	for y := range f.height {
		row := target.row(y)
		for x := range f.width {
			k := y*f.width + x
			raw[k] = abs32(source.value(float32(x)+f.dx[k], float32(y)+f.dy[k]) - row[x])
		}
	}
	for y := range f.height {
		up, down := max(y-1, 0)*f.width, min(y+1, f.height-1)*f.width
		for x := range f.width {
			l, r := max(x-1, 0), min(x+1, f.width-1)
			at := y * f.width
			f.miss[at+x] = (raw[up+l] + raw[up+x] + raw[up+r] + raw[at+l] + raw[at+x] + raw[at+r] + raw[down+l] + raw[down+x] + raw[down+r]) / 9
		}
	}
}

// value interpolates the brightness at a place, which is moved into the picture.
func (l *luma) value(x, y float32) float32 {
	x, y = clamp(x, 0, float32(l.width-1)), clamp(y, 0, float32(l.height-1))
	ix, iy := int(x), int(y)
	ax, ay := x-float32(ix), y-float32(iy)
	at := l.at(ix, iy)
	top, bottom := l.pix[at:at+2:at+2], l.pix[at+l.stride:][:2:2]
	a := top[0] + ax*(top[1]-top[0])
	b := bottom[0] + ax*(bottom[1]-bottom[0])
	return a + ay*(b-a)
}

// grown returns the flow at a pixel of the larger plane l.
func (f *flow) grown(x, y int, l *luma) (dx, dy float32) {
	sx, sy := float32(f.width)/float32(l.width), float32(f.height)/float32(l.height)
	k := min(int((float32(y)+.5)*sy), f.height-1)*f.width + min(int((float32(x)+.5)*sx), f.width-1)
	return f.dx[k] / sx, f.dy[k] / sy
}

// shrunk returns the flow on a smaller plane.
func (f *flow) shrunk(width, height int) *flow {
	out := newFlow(width, height)
	sx, sy := float32(width)/float32(f.width), float32(height)/float32(f.height)
	for y := range height {
		for x := range width {
			k := min(int((float32(y)+.5)/sy), f.height-1)*f.width + min(int((float32(x)+.5)/sx), f.width-1)
			out.dx[y*width+x], out.dy[y*width+x] = f.dx[k]*sx, f.dy[k]*sy
		}
	}
	return out
}

func abs32(v float32) float32 {
	if v < 0 {
		return -v
	}
	return v
}

func max32(a, b float32) float32 {
	if a > b {
		return a
	}
	return b
}

func clamp(v, lo, hi float32) float32 {
	if v < lo {
		return lo
	}
	if v > hi {
		return hi
	}
	return v
}
