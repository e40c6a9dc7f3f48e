package compose

import (
	"context"
	"image"
	"sync"

	"mattebox/imaging"
)

// crop returns the part of p inside r: p itself when r is all of it, else a copy.
// Where r reaches beyond p, which must have alpha then, it is clear.
func crop(ctx context.Context, p *imaging.Picture, r image.Rectangle) (*imaging.Picture, error) {
	if r == image.Rect(0, 0, p.Width, p.Height) {
		return p, nil
	}
	out := &imaging.Picture{Width: r.Dx(), Height: r.Dy(), Meta: p.Meta}
	if p.Deep() {
		out.Pix16 = make([]uint16, 3*out.Width*out.Height)
	} else {
		out.Pix = make([]uint8, 3*out.Width*out.Height)
	}
	if p.Alpha != nil {
		out.Alpha = make([]uint8, out.Width*out.Height)
	}
	both := r.Intersect(image.Rect(0, 0, p.Width, p.Height))
	err := rows(ctx, both.Dy(), func(first, last int) {
		for y := both.Min.Y + first; y < both.Min.Y+last; y++ {
			to, from := (y-r.Min.Y)*out.Width+both.Min.X-r.Min.X, y*p.Width+both.Min.X
			copyRow(out.Pix, p.Pix, 3*to, 3*from, 3*both.Dx())
			copyRow(out.Pix16, p.Pix16, 3*to, 3*from, 3*both.Dx())
			copyRow(out.Alpha, p.Alpha, to, from, both.Dx())
		}
	})
	return out, err
}

// copyRow copies n samples between planes, unless the picture lacks the plane.
func copyRow[T sample](dst, src []T, to, from, n int) {
	if dst != nil {
		copy(dst[to:to+n], src[from:from+n])
	}
}

// covered returns the smallest rectangle outside which p is fully transparent;
// empty when all of it is.
func covered(ctx context.Context, p *imaging.Picture) (image.Rectangle, error) {
	if p.Alpha == nil {
		return image.Rect(0, 0, p.Width, p.Height), nil
	}
	var mu sync.Mutex
	var all image.Rectangle
	err := rows(ctx, p.Height, func(first, last int) {
		var band image.Rectangle
		for y := first; y < last; y++ {
			left, right := extent(p.Alpha[y*p.Width : (y+1)*p.Width])
			if left < right {
				band = band.Union(image.Rect(left, y, right, y+1))
			}
		}
		mu.Lock()
		defer mu.Unlock()
		all = all.Union(band)
	})
	return all, err
}
