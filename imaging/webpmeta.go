package imaging

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
)

// Flags of the VP8X chunk (WebP container specification).
const (
	webpICC   = 1 << 5
	webpAlpha = 1 << 4
	webpEXIF  = 1 << 3
	webpXMP   = 1 << 2
)

// writeWebP writes an encoded WebP file with our metadata in place of the
// encoder's, in the extended form when there is any.
func writeWebP(w io.Writer, file []byte, m Meta, p planes) error {
	picture, err := webpPicture(file)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	out.WriteString("RIFF\x00\x00\x00\x00WEBP")
	if p.alpha != nil || len(m.Profile)+len(m.EXIF)+len(m.XMP) > 0 {
		riffChunk(&out, "VP8X", vp8x(m, p))
	}
	riffChunk(&out, "ICCP", m.Profile)
	for _, c := range picture {
		riffChunk(&out, c.name, c.data)
	}
	riffChunk(&out, "EXIF", m.EXIF)
	riffChunk(&out, "XMP ", m.XMP)
	binary.LittleEndian.PutUint32(out.Bytes()[4:], uint32(out.Len()-8))
	_, err = w.Write(out.Bytes())
	return err
}

// webpPicture returns the chunks of a file that hold samples.
func webpPicture(file []byte) ([]chunk, error) {
	var list []chunk
	for body := file[min(12, len(file)):]; len(body) >= 8; {
		name, n := string(body[:4]), int64(binary.LittleEndian.Uint32(body[4:]))
		body = body[8:]
		if n > int64(len(body)) {
			break
		}
		switch name {
		case "ALPH", "VP8 ", "VP8L":
			list = append(list, chunk{name, body[:n]})
		}
		body = body[min(n+n%2, int64(len(body))):]
	}
	if len(list) == 0 {
		return nil, errors.New("encode webp: the encoder wrote no picture")
	}
	return list, nil
}

func vp8x(m Meta, p planes) []byte {
	b := make([]byte, 10)
	if len(m.Profile) > 0 {
		b[0] |= webpICC
	}
	if p.alpha != nil {
		b[0] |= webpAlpha
	}
	if len(m.EXIF) > 0 {
		b[0] |= webpEXIF
	}
	if len(m.XMP) > 0 {
		b[0] |= webpXMP
	}
	w, h := p.width-1, p.height-1
	b[4], b[5], b[6] = byte(w), byte(w>>8), byte(w>>16)
	b[7], b[8], b[9] = byte(h), byte(h>>8), byte(h>>16)
	return b
}

// riffChunk appends a chunk, padded to even length; an empty one is left out.
func riffChunk(b *bytes.Buffer, name string, data []byte) {
	if len(data) == 0 {
		return
	}
	b.WriteString(name)
	b.Write(binary.LittleEndian.AppendUint32(nil, uint32(len(data))))
	b.Write(data)
	if len(data)%2 != 0 {
		b.WriteByte(0)
	}
}
