package compose

import (
	"context"
	"image"
	"math"

	"mattebox"
)

// place scales the content to fit between the margins, never above the growth
// that size allowed, centres it from side to side and aligns it from top to
// bottom.
func place(_ context.Context, j *job) error {
	x, y := margins(j.template)
	canvas := j.layout.canvas
	if err := x.check(canvas.X); err != nil {
		return err
	}
	if err := y.check(canvas.Y); err != nil {
		return err
	}
	left, right := x.on(canvas.X)
	top, bottom := y.on(canvas.Y)
	room := image.Rect(left, top, canvas.X-right, canvas.Y-bottom)

	size, scale := fit(j.layout.content.Size(), room.Size(), j.growth)
	if j.scene.sized {
		j.canvas.Scale = scale
	}
	at := image.Pt(room.Min.X+(room.Dx()-size.X)/2, align(room, size.Y, j.template.Alignment))
	j.layout.target = image.Rectangle{Min: at, Max: at.Add(size)}
	return nil
}

// fit returns the largest size of the content's shape that the room holds, at
// most limit times the content, and its scale. The limit itself is taken when the
// room holds its whole pixels: pictures that share it must not differ by what
// their canvases were rounded.
func fit(content, room image.Point, limit float64) (image.Point, float64) {
	if !math.IsInf(limit, 1) {
		if size := scaled(content, limit); size.X <= room.X && size.Y <= room.Y {
			return size, limit
		}
	}
	s := min(limit, float64(room.X)/float64(content.X), float64(room.Y)/float64(content.Y))
	size := scaled(content, s)
	return image.Pt(min(size.X, room.X), min(size.Y, room.Y)), s
}

// scaled returns a size times s, to the nearest pixel and at least one.
func scaled(size image.Point, s float64) image.Point {
	side := func(length int) int { return max(1, int(math.Round(s*float64(length)))) }
	return image.Pt(side(size.X), side(size.Y))
}

// align returns the y at which something that high stands in the room.
func align(room image.Rectangle, height int, a mattebox.Alignment) int {
	switch a {
	case mattebox.AlignTop:
		return room.Min.Y
	case mattebox.AlignBottom:
		return room.Max.Y - height
	}
	return room.Min.Y + (room.Dy()-height)/2
}
