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

	size := fit(j.layout.content.Size(), room.Size(), j.growth)
	at := image.Pt(room.Min.X+(room.Dx()-size.X)/2, align(room, size.Y, j.template.Alignment))
	j.layout.target = image.Rectangle{Min: at, Max: at.Add(size)}
	return nil
}

// fit returns the largest size of the content's shape that the room holds, at
// most limit times the content.
func fit(content, room image.Point, limit float64) image.Point {
	s := min(limit, float64(room.X)/float64(content.X), float64(room.Y)/float64(content.Y))
	side := func(length, most int) int { return max(1, min(most, int(math.Round(s*float64(length))))) }
	return image.Pt(side(content.X, room.X), side(content.Y, room.Y))
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
