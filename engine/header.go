package engine

import "mattebox/imaging"

// ReadHeader tells format and size of a picture file without decoding it; no
// engine is needed. Errors are those of Remove for a file that is no picture or
// over the limits.
func ReadHeader(file []byte, limits imaging.Limits) (imaging.Header, error) {
	h, err := imaging.ReadHeader(file, limits)
	return h, pictureError(err)
}
