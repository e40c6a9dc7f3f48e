package synth

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
)

// Image returns the photograph as an opaque picture.
func (p Picture) Image() *image.NRGBA { return nrgba(p.RGB, nil, p.Width, p.Height) }

// Cutout returns the exact cut-out: the foreground under the matte.
func (p Picture) Cutout() *image.NRGBA { return nrgba(p.Foreground, p.Alpha, p.Width, p.Height) }

// Matte returns the alpha as a grey picture.
func (p Picture) Matte() *image.Gray {
	return &image.Gray{Pix: p.Alpha, Stride: p.Width, Rect: image.Rect(0, 0, p.Width, p.Height)}
}

func nrgba(rgb, alpha []uint8, width, height int) *image.NRGBA {
	picture := image.NewNRGBA(image.Rect(0, 0, width, height))
	for i := range width * height {
		copy(picture.Pix[4*i:], rgb[3*i:3*i+3])
		picture.Pix[4*i+3] = 255
		if alpha != nil {
			picture.Pix[4*i+3] = alpha[i]
		}
	}
	return picture
}

// JPEG returns the photograph as a JPEG file of that quality, 1..100.
func (p Picture) JPEG(quality int) ([]byte, error) {
	var file bytes.Buffer
	if err := jpeg.Encode(&file, p.Image(), &jpeg.Options{Quality: quality}); err != nil {
		return nil, fmt.Errorf("encoding a photo: %w", err)
	}
	return file.Bytes(), nil
}

// PNG returns the photograph as a PNG file.
func (p Picture) PNG() ([]byte, error) {
	var file bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := encoder.Encode(&file, p.Image()); err != nil {
		return nil, fmt.Errorf("encoding a photo: %w", err)
	}
	return file.Bytes(), nil
}

// Shot returns the picture as a real camera would hand it over: grain of that
// deviation (in samples, 2 is little and 8 much) and the marks of JPEG at that
// quality, 1..100. Only RGB changes; the truth stays, so RGB no longer follows
// from it exactly.
func (p Picture) Shot(seed int64, grain float64, quality int) (Picture, error) {
	random := rand.New(rand.NewPCG(uint64(seed), 0))
	noisy := p
	noisy.RGB = make([]uint8, len(p.RGB))
	for i, v := range p.RGB {
		noisy.RGB[i] = sample((float32(v) + float32(grain*random.NormFloat64())) / 255)
	}
	file, err := noisy.JPEG(quality)
	if err != nil {
		return Picture{}, err
	}
	decoded, err := jpeg.Decode(bytes.NewReader(file))
	if err != nil {
		return Picture{}, fmt.Errorf("decoding a photo: %w", err)
	}
	flat := image.NewNRGBA(decoded.Bounds())
	draw.Draw(flat, flat.Rect, decoded, decoded.Bounds().Min, draw.Src)
	for i := range p.Width * p.Height {
		copy(noisy.RGB[3*i:3*i+3], flat.Pix[4*i:])
	}
	return noisy, nil
}
