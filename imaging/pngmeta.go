package imaging

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"

	"github.com/klauspost/compress/zlib"
)

// pngMeta returns the chunks that stand before the pixels (W3C PNG, 11.3).
func pngMeta(m Meta, width, height int) []chunk {
	var list []chunk
	if len(m.Profile) > 0 {
		list = append(list, chunk{"iCCP", append([]byte("ICC profile\x00\x00"), deflated(m.Profile)...)})
	} else {
		list = append(list, chunk{"sRGB", []byte{1}}) // relative colorimetric
	}
	if m.DPI > 0 {
		perMetre := uint32(math.Round(m.DPI / 0.0254))
		b := binary.BigEndian.AppendUint32(nil, perMetre)
		b = binary.BigEndian.AppendUint32(b, perMetre)
		list = append(list, chunk{"pHYs", append(b, 1)})
	}
	if exif := describedEXIF(m.EXIF, width, height, m.DPI); exif != nil {
		list = append(list, chunk{"eXIf", exif})
	}
	if len(m.XMP) > 0 {
		// Keyword, not compressed, no language, no translated keyword.
		list = append(list, chunk{"iTXt", append([]byte("XML:com.adobe.xmp\x00\x00\x00\x00\x00"), m.XMP...)})
	}
	if len(m.IPTC) > 0 {
		list = append(list, chunk{"zTXt", append([]byte("Raw profile type iptc\x00\x00"), deflated(rawProfile(m.IPTC))...)})
	}
	return list
}

// rawProfile is how ImageMagick and ExifTool store IPTC in PNG, which has no
// chunk for it: Photoshop's image resources as hexadecimal text.
func rawProfile(iptc []byte) []byte {
	data := bytes.TrimPrefix(photoshopResources(iptc), []byte(photoshopPrefix))
	var b bytes.Buffer
	fmt.Fprintf(&b, "\niptc\n%8d\n", len(data))
	for len(data) > 0 {
		n := min(36, len(data))
		b.WriteString(hex.EncodeToString(data[:n]))
		b.WriteByte('\n')
		data = data[n:]
	}
	return b.Bytes()
}

func deflated(data []byte) []byte {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	z.Write(data) // a bytes.Buffer does not fail
	z.Close()
	return b.Bytes()
}
