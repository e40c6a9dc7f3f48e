package imaging

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"

	"github.com/klauspost/compress/zlib"
)

const (
	tiffLevel      = 6
	tiffStripBytes = 256 << 10 // uncompressed; what readers hold at once

	tagBitsPerSample   = 0x0102
	tagCompression     = 0x0103
	tagStripOffsets    = 0x0111
	tagSamplesPerPixel = 0x0115
	tagRowsPerStrip    = 0x0116
	tagStripByteCounts = 0x0117
	tagPlanarConfig    = 0x011c
	tagPredictor       = 0x013d
	tagSampleFormat    = 0x0153
	tagXMP             = 0x02bc
	tagIPTC            = 0x83bb
	tagICC             = 0x8773

	compressionNone      = 1
	compressionDeflate   = 8
	predictorHorizontal  = 2
	extraUnassociated    = 2
	photometricGrey      = 1 // black is zero
	photometricRGB       = 2
	photometricYCbCr     = 6
	maxTIFFBytes         = 1<<32 - 1
	resolutionUnitInches = 2
)

// writeTIFF writes a raster as little-endian TIFF 6.0: interleaved strips,
// deflate with the horizontal predictor (Adobe's Technical Note 3 of 2002), alpha
// declared as unassociated, EXIF in its own directories. Strips are compressed
// in parallel and held until all of them are done, since a TIFF begins with
// their lengths.
func writeTIFF(ctx context.Context, w io.Writer, r raster, m Meta, level int) error {
	rowsEach := max(1, tiffStripBytes/r.rowBytes())
	count := (r.height + rowsEach - 1) / rowsEach
	var data [][]byte
	err := inOrder(ctx, count, func() func(int) ([]byte, error) {
		return newTIFFCompressor(r, rowsEach, level).compress
	}, func(strip []byte) error {
		data = append(data, strip)
		return nil
	})
	if err != nil {
		return err
	}
	head, err := tiffHead(r, m, level, rowsEach, data)
	if err != nil {
		return err
	}
	if _, err := w.Write(head); err != nil {
		return err
	}
	for _, strip := range data {
		if _, err := w.Write(strip); err != nil {
			return err
		}
	}
	return nil
}

// tiffHead is everything in front of the strips.
func tiffHead(r raster, m Meta, level, rowsEach int, strips [][]byte) ([]byte, error) {
	d := append(tiffGeometry(r, level, rowsEach), tiffMeta(m)...)
	offsets, lengths := make([]int, len(strips)), make([]int, len(strips))
	for i, s := range strips {
		lengths[i] = len(s)
	}
	d = append(d, longs(tagStripOffsets, offsets...), longs(tagStripByteCounts, lengths...))
	total := int64(0)
	parts := readExifParts(describedEXIF(m.EXIF, r.width, r.height, m.DPI))
	head := parts.tiff(d, func(d directory, end int) {
		total = int64(end)
		for i := range strips {
			offsets[i] = int(total)
			total += int64(lengths[i])
		}
		d.set(longs(tagStripOffsets, offsets...))
	})
	if total > maxTIFFBytes {
		return nil, &LimitError{What: "bytes", Got: total, Max: maxTIFFBytes}
	}
	return head, nil
}

func tiffGeometry(r raster, level, rowsEach int) directory {
	each := func(v int) []int {
		list := make([]int, r.bands)
		for i := range list {
			list[i] = v
		}
		return list
	}
	d := directory{
		longs(tagNewSubfileType, 0), longs(tagWidth, r.width), longs(tagHeight, r.height),
		shorts(tagBitsPerSample, each(r.depth)...), shorts(tagOrientation, 1),
		shorts(tagSamplesPerPixel, r.bands), longs(tagRowsPerStrip, rowsEach),
		shorts(tagPlanarConfig, 1), shorts(tagSampleFormat, each(1)...), // unsigned integers
	}
	if r.bands == 1 {
		d = append(d, shorts(tagPhotometric, photometricGrey))
	} else {
		d = append(d, shorts(tagPhotometric, photometricRGB))
	}
	if r.bands == 4 {
		d = append(d, shorts(tagExtraSamples, extraUnassociated))
	}
	if level == NoCompression {
		return append(d, shorts(tagCompression, compressionNone))
	}
	return append(d, shorts(tagCompression, compressionDeflate), shorts(tagPredictor, predictorHorizontal))
}

func tiffMeta(m Meta) directory {
	var d directory
	if m.DPI > 0 {
		d = append(d, rational(tagXResolution, m.DPI), rational(tagYResolution, m.DPI),
			shorts(tagResolutionUnit, resolutionUnitInches))
	}
	if len(m.XMP) > 0 {
		d = append(d, blob(tagXMP, kindByte, m.XMP))
	}
	if len(m.IPTC) > 0 {
		// Adobe and libtiff store it as LONG.
		padded := append(bytes.Clone(m.IPTC), make([]byte, (4-len(m.IPTC)%4)%4)...)
		d = append(d, blob(tagIPTC, kindLong, padded))
	}
	if len(m.Profile) > 0 {
		d = append(d, blob(tagICC, kindUndefined, m.Profile))
	}
	return d
}

// tiffCompressor is one goroutine's buffers.
type tiffCompressor struct {
	raster
	rowsEach, level int
	buf, line       []byte
	z               *zlib.Writer // nil: not compressed
}

func newTIFFCompressor(r raster, rowsEach, level int) *tiffCompressor {
	c := &tiffCompressor{
		raster: r, rowsEach: rowsEach, level: level,
		buf: make([]byte, r.rowBytes()), line: make([]byte, r.rowBytes()),
	}
	if level == 0 {
		level = tiffLevel
	}
	if level != NoCompression {
		c.z, _ = zlib.NewWriterLevel(nil, level) // encoders check the level
	}
	return c
}

func (c *tiffCompressor) compress(i int) ([]byte, error) {
	from, to := i*c.rowsEach, min((i+1)*c.rowsEach, c.height)
	var out bytes.Buffer
	out.Grow((to - from) * c.rowBytes() / 2)
	w := io.Writer(&out)
	if c.z != nil {
		c.z.Reset(&out)
		w = c.z
	}
	for y := from; y < to; y++ {
		if _, err := w.Write(c.prepare(c.row(y, c.buf))); err != nil {
			return nil, err
		}
	}
	if c.z != nil {
		if err := c.z.Close(); err != nil {
			return nil, err
		}
	}
	return out.Bytes(), nil
}

// prepare brings a row into the file's byte order and predicts each sample by the
// one to its left.
func (c *tiffCompressor) prepare(row []byte) []byte {
	if c.depth == 16 {
		c.prepare16(row)
		return c.line
	}
	if c.z == nil {
		return row
	}
	applyFilter(filterSub, c.line, row, nil, c.bands)
	return c.line
}

func (c *tiffCompressor) prepare16(row []byte) {
	for i := 0; i < len(row); i += 2 {
		v := binary.BigEndian.Uint16(row[i:])
		if left := i - 2*c.bands; left >= 0 && c.z != nil {
			v -= binary.BigEndian.Uint16(row[left:])
		}
		binary.LittleEndian.PutUint16(c.line[i:], v)
	}
}
