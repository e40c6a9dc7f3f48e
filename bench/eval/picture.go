package main

import (
	"fmt"
	"image"
	"image/color"
	_ "image/jpeg" // the photographs
	_ "image/png"  // truth and cut-outs
	"os"
)

// raster is a picture as straight RGB and alpha samples 0..255.
type raster struct {
	width, height int
	rgb           []uint8
	alpha         []uint8
}

// readRaster reads a JPEG or PNG of any kind.
func readRaster(path string) (raster, error) {
	file, err := os.Open(path)
	if err != nil {
		return raster{}, fmt.Errorf("reading a picture: %w", err)
	}
	defer file.Close()
	decoded, _, err := image.Decode(file)
	if err != nil {
		return raster{}, fmt.Errorf("reading %s: %w", path, err)
	}
	return toRaster(decoded), nil
}

func toRaster(picture image.Image) raster {
	bounds := picture.Bounds()
	r := raster{width: bounds.Dx(), height: bounds.Dy()}
	r.rgb = make([]uint8, 3*r.width*r.height)
	r.alpha = make([]uint8, r.width*r.height)
	straight, fast := picture.(*image.NRGBA)
	for y := range r.height {
		for x := range r.width {
			var c color.NRGBA
			if fast {
				c = straight.NRGBAAt(bounds.Min.X+x, bounds.Min.Y+y)
			} else {
				c = color.NRGBAModel.Convert(picture.At(bounds.Min.X+x, bounds.Min.Y+y)).(color.NRGBA)
			}
			i := y*r.width + x
			r.rgb[3*i], r.rgb[3*i+1], r.rgb[3*i+2], r.alpha[i] = c.R, c.G, c.B, c.A
		}
	}
	return r
}

// readMatte reads a matte: the red samples of a grey or RGB file.
func readMatte(path string) (alpha []uint8, width, height int, err error) {
	r, err := readRaster(path)
	if err != nil {
		return nil, 0, 0, err
	}
	alpha = make([]uint8, r.width*r.height)
	for i := range alpha {
		alpha[i] = r.rgb[3*i]
	}
	return alpha, r.width, r.height, nil
}
