package e2e

import (
	"bytes"
	"image"
	"image/png"
	"math/rand/v2"
	"testing"
)

// noisePNG returns a picture in which there is nothing to cut out.
func noisePNG(t *testing.T) []byte {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	picture := image.NewRGBA(image.Rect(0, 0, 200, 200))
	for i := range picture.Pix {
		picture.Pix[i] = uint8(110 + random.IntN(30))
		if i%4 == 3 {
			picture.Pix[i] = 255
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, picture); err != nil {
		t.Error(err)
	}
	return out.Bytes()
}
