package clip

import "mattebox/video"

// bleedCell is the side in pixels of the cells by which the subject's colours are
// carried outwards.
const bleedCell = 8

// bleed gives the clear pixels of a canvas colours: near the subject its own, carried
// outwards, so that an encoder that loses detail does not draw a dark rim into the soft
// pixels beside them; farther out one colour, the subject's mean, which costs no bits and tells
// nothing of what was there.
func bleed(canvas *video.Frame) {
	w, h := (canvas.Width+bleedCell-1)/bleedCell, (canvas.Height+bleedCell-1)/bleedCell
	cells, all := cellColours(canvas, w, h)
	if all[3] == 0 {
		return
	}
	reached := widenCells(widenCells(cells, w, h), w, h)
	for y := range canvas.Height {
		row := canvas.Pix[y*canvas.Width*4:][:canvas.Width*4]
		line := reached[y/bleedCell*w:][:w]
		for x := 0; x < canvas.Width; x++ {
			if row[x*4+3] != 0 {
				continue
			}
			c := &line[x/bleedCell]
			if c[3] == 0 {
				c = &all
			}
			row[x*4], row[x*4+1], row[x*4+2] = uint8(c[0]/c[3]+.5), uint8(c[1]/c[3]+.5), uint8(c[2]/c[3]+.5)
		}
	}
}

// cellColours sums colours, weighted by alpha, and the weights over cells, and over
// all of them.
func cellColours(canvas *video.Frame, w, h int) (cells [][4]float32, all [4]float32) {
	cells = make([][4]float32, w*h)
	for y := range canvas.Height {
		row := canvas.Pix[y*canvas.Width*4:][:canvas.Width*4]
		line := cells[y/bleedCell*w:][:w]
		for x := 0; x < canvas.Width; x++ {
			px := row[x*4 : x*4+4 : x*4+4]
			if px[3] == 0 {
				continue
			}
			a, c := float32(px[3]), &line[x/bleedCell]
			c[0] += a * float32(px[0])
			c[1] += a * float32(px[1])
			c[2] += a * float32(px[2])
			c[3] += a
		}
	}
	for i := range cells {
		for c, v := range cells[i] {
			all[c] += v / (255 * bleedCell * bleedCell) // stays exact enough in sums of millions
		}
	}
	return cells, all
}

// widenCells gives empty cells the sum of their neighbours.
func widenCells(cells [][4]float32, w, h int) [][4]float32 {
	out := make([][4]float32, len(cells))
	copy(out, cells)
	for y := range h {
		for x := range w {
			if cells[y*w+x][3] != 0 {
				continue
			}
			sum := &out[y*w+x]
			for ny := max(y-1, 0); ny <= min(y+1, h-1); ny++ {
				for nx := max(x-1, 0); nx <= min(x+1, w-1); nx++ {
					for c, v := range cells[ny*w+nx] {
						sum[c] += v
					}
				}
			}
		}
	}
	return out
}
