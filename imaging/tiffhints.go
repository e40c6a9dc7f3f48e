package imaging

// tiffHints is what libvips does not tell of a TIFF file.
type tiffHints struct {
	noAlpha bool // the bands beyond colour are no transparency
	noUnit  bool // the resolution is an aspect ratio only
}

// TIFF 6.0, and DNG 1.6 for the tags that mark camera raw files.
const (
	tagNewSubfileType  = 0x00fe
	tagPhotometric     = 0x0106
	tagExtraSamples    = 0x0152
	tagDNGVersion      = 0xc612
	photometricCFA     = 32803
	extraUnspecified   = 0
	compressionOldJPEG = 6
	compressionJPEG    = 7
)

// readTIFFHints looks through the first directory. It refuses camera raw files:
// their first directory holds a thumbnail, which is not the picture meant.
func readTIFFHints(data []byte) (tiffHints, error) {
	var h tiffHints
	b, ok := newTIFFBlock(data)
	if !ok {
		return h, nil // BigTIFF
	}
	list, _ := b.entries(b.first())
	var photometric, compression uint32
	for _, e := range list {
		v, _ := b.number(e)
		switch {
		case e.tag == tagDNGVersion, e.tag == tagPhotometric && v == photometricCFA,
			e.tag == tagNewSubfileType && v&1 != 0:
			return h, unsupported(TIFF, "the file is a camera raw file; develop it and "+accepted)
		case e.tag == tagExtraSamples && e.count > 0:
			// Photoshop marks saved selections and spot colours as unspecified.
			// Premultiplied alpha needs no note: libvips divides by it.
			h.noAlpha = v == extraUnspecified
		case e.tag == tagResolutionUnit:
			h.noUnit = v == 1
		case e.tag == tagPhotometric:
			photometric = v
		case e.tag == tagCompression:
			compression = v
		}
	}
	if photometric == photometricYCbCr && compression != compressionJPEG && compression != compressionOldJPEG {
		return h, unsupported(TIFF, "the TIFF file stores YCbCr samples; save it as RGB")
	}
	return h, nil
}
