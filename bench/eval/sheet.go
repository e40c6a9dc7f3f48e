package main

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"slices"
	"strings"
)

// Sizes on the contact sheet, in pixels.
const (
	thumbGap   = 6
	lineHeight = 12
	checkSide  = 10
)

// contactSheet is the picture being drawn.
type contactSheet struct {
	*image.RGBA
	side int // of a thumbnail's longer edge, in pixels
}

// drawSheet writes a PNG with a row for each of the worst pictures, worst first by
// the IoU of the named contender: the photo, the true cut-out and everybody's
// cut-outs over a checkerboard, each with its figures.
func drawSheet(s settings, cases []sample, columns []column) error {
	leader, err := sheetLeader(columns, s.sheetBy)
	if err != nil {
		return err
	}
	order := make([]int, len(cases))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return compareFloats(leader.scores[a].IoU, leader.scores[b].IoU)
	})
	order = order[:min(s.sheetRows, len(order))]

	tops, bottom, err := rowTops(cases, order, s.sheetSide)
	if err != nil {
		return err
	}
	width := (2+len(columns))*(s.sheetSide+thumbGap) + thumbGap
	sheet := contactSheet{image.NewRGBA(image.Rect(0, 0, width, bottom)), s.sheetSide}
	for i := range sheet.Pix {
		sheet.Pix[i] = 255
	}
	for row, i := range order {
		if err := sheet.row(tops[row], cases[i], i, columns); err != nil {
			return err
		}
	}
	return savePNG(s.sheet, sheet)
}

// rowTops returns where each row begins and where the last one ends.
func rowTops(cases []sample, order []int, side int) (tops []int, bottom int, err error) {
	bottom = thumbGap
	for _, i := range order {
		file, err := os.Open(cases[i].Photo)
		if err != nil {
			return nil, 0, fmt.Errorf("drawing the sheet: %w", err)
		}
		header, _, err := image.DecodeConfig(file)
		file.Close()
		if err != nil {
			return nil, 0, fmt.Errorf("drawing %s on the sheet: %w", cases[i].Photo, err)
		}
		tops = append(tops, bottom)
		_, height := thumbSize(header.Width, header.Height, side)
		bottom += height + 2*lineHeight + thumbGap
	}
	return tops, bottom, nil
}

// thumbSize fits a picture into a square of that side.
func thumbSize(width, height, side int) (int, int) {
	scale := float64(side) / float64(max(width, height))
	return max(int(float64(width)*scale), 1), max(int(float64(height)*scale), 1)
}

// sheetLeader returns the contender that orders the sheet.
func sheetLeader(columns []column, by string) (column, error) {
	leader := columns[0]
	for _, c := range columns {
		if c.name == by || by == "" && strings.HasPrefix(c.name, "mattebox") {
			return c, nil
		}
	}
	if by != "" {
		return leader, fmt.Errorf("-sheet-by: no contender called %q took part", by)
	}
	return leader, nil
}

// row draws the photo, the truth and the cut-outs of sample i.
func (sheet contactSheet) row(top int, c sample, i int, columns []column) error {
	photo, err := readRaster(c.Photo)
	if err != nil {
		return err
	}
	truth, err := trueCutout(c, photo)
	if err != nil {
		return err
	}
	for k := range photo.alpha {
		photo.alpha[k] = 255
	}
	step := sheet.side + thumbGap
	sheet.thumb(thumbGap, top, photo, c.Set, c.Name)
	sheet.thumb(thumbGap+step, top, truth, "truth", "")
	for k, column := range columns {
		s := column.scores[i]
		cutout := raster{photo.width, photo.height, make([]uint8, len(photo.rgb)), make([]uint8, len(photo.alpha))}
		if s.Fault == "" {
			if cutout, err = readRaster(s.Output); err != nil {
				return err
			}
		}
		sheet.thumb(thumbGap+(2+k)*step, top, cutout, column.name, figures(s))
	}
	return nil
}

func figures(s score) string {
	text := fmt.Sprintf("IoU %.3f SAD %.1f", s.IoU, s.SAD)
	if s.Confidence != nil {
		text += fmt.Sprintf(" conf %.2f", *s.Confidence)
	}
	return text
}

// trueCutout returns the true matte over the true colours, or over the photo's
// where nobody knows those.
func trueCutout(c sample, photo raster) (raster, error) {
	alpha, width, height, err := readMatte(c.Alpha)
	if err != nil {
		return raster{}, err
	}
	colours := photo
	if c.Foreground != "" {
		if colours, err = readRaster(c.Foreground); err != nil {
			return raster{}, err
		}
	}
	if len(colours.rgb) != 3*len(alpha) {
		return raster{}, errors.New("the truth of " + c.key() + " differs in size from its colours")
	}
	return raster{width, height, colours.rgb, alpha}, nil
}

// thumb draws the picture over a checkerboard, shrunk by averaging, with two lines
// of text under it.
func (sheet contactSheet) thumb(left, top int, r raster, title, text string) {
	width, height := thumbSize(r.width, r.height, sheet.side)
	scale := float64(max(r.width, r.height)) / float64(sheet.side)
	for y := range height {
		for x := range width {
			check := 255.
			if (x/checkSide+y/checkSide)%2 == 1 {
				check = 190
			}
			box := image.Rect(int(float64(x)*scale), int(float64(y)*scale),
				int(math.Ceil(float64(x+1)*scale)), int(math.Ceil(float64(y+1)*scale)))
			sheet.SetRGBA(left+x, top+y, r.average(box, check))
		}
	}
	sheet.text(left, top+height+2, title)
	sheet.text(left, top+height+2+lineHeight, text)
}

// average returns the mean colour of the box with a grey behind it.
func (r raster) average(box image.Rectangle, behind float64) color.RGBA {
	box = box.Intersect(image.Rect(0, 0, r.width, r.height))
	var sum [3]float64
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			i := y*r.width + x
			a := float64(r.alpha[i]) / 255
			for c := range sum {
				sum[c] += a*float64(r.rgb[3*i+c]) + (1-a)*behind
			}
		}
	}
	n := float64(max(box.Dx()*box.Dy(), 1))
	return color.RGBA{uint8(sum[0]/n + .5), uint8(sum[1]/n + .5), uint8(sum[2]/n + .5), 255}
}

func savePNG(path string, picture image.Image) error {
	file, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("writing the sheet: %w", err)
	}
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := errors.Join(encoder.Encode(file, picture), file.Close()); err != nil {
		return fmt.Errorf("writing the sheet: %w", err)
	}
	return nil
}
