package video

import (
	"encoding/binary"
	"io"
	"time"
)

// rawStream writes frames as a Matroska stream without compression, which is how
// ffmpeg is handed frames with times of their own (RFC 9559; a raw stream has none).
type rawStream struct {
	w    io.Writer
	head []byte // scratch
}

// tick is the clock of the stream. Matroska's usual millisecond is too coarse.
const tick = time.Microsecond

// The elements that are written, RFC 9559, section 5.
const (
	idEBML            = 0x1A45DFA3
	idDocType         = 0x4282
	idSegment         = 0x18538067
	idInfo            = 0x1549A966
	idTimestampScale  = 0x2AD7B1
	idTracks          = 0x1654AE6B
	idTrackEntry      = 0xAE
	idTrackNumber     = 0xD7
	idTrackUID        = 0x73C5
	idTrackType       = 0x83
	idCodecID         = 0x86
	idDefaultDuration = 0x23E383
	idVideo           = 0xE0
	idPixelWidth      = 0xB0
	idPixelHeight     = 0xBA
	idFourCC          = 0x2EB524
	idCluster         = 0x1F43B675
	idTimestamp       = 0xE7
	idBlockGroup      = 0xA0
	idBlock           = 0xA1
	idBlockDuration   = 0x9B
)

// unknownSize marks an element that lasts to the end of the stream.
const unknownSize = 0x01FFFFFFFFFFFFFF

// begin writes everything in front of the first frame.
func (s *rawStream) begin(width, height int, frame time.Duration) error {
	video := element(nil, idVideo, join(
		number(idPixelWidth, uint64(width)), number(idPixelHeight, uint64(height)), element(nil, idFourCC, []byte("RGBA"))))
	entry := join(
		number(idTrackNumber, 1), number(idTrackUID, 1), number(idTrackType, 1),
		element(nil, idCodecID, []byte("V_UNCOMPRESSED")), number(idDefaultDuration, uint64(max(frame, 1))), video)
	b := element(nil, idEBML, element(nil, idDocType, []byte("matroska")))
	b = binary.BigEndian.AppendUint32(b, idSegment)
	b = binary.BigEndian.AppendUint64(b, unknownSize)
	b = element(b, idInfo, number(idTimestampScale, uint64(tick)))
	b = element(b, idTracks, element(nil, idTrackEntry, entry))
	_, err := s.w.Write(b)
	return err
}

// frame writes one frame in a cluster of its own, since a block's time is only 16
// bits.
func (s *rawStream) frame(at, length time.Duration, pix []byte) error {
	block := len(pix) + 4
	group := sizeOf(idBlock, block) + sizeOf(idBlockDuration, 8)
	b := s.head[:0]
	b = header(b, idCluster, sizeOf(idTimestamp, 8)+sizeOf(idBlockGroup, group))
	b = element(b, idTimestamp, binary.BigEndian.AppendUint64(nil, uint64((at+tick/2)/tick)))
	b = header(b, idBlockGroup, group)
	b = element(b, idBlockDuration, binary.BigEndian.AppendUint64(nil, uint64(max(1, (length+tick/2)/tick))))
	b = header(b, idBlock, block)
	b = append(b, 0x81, 0, 0, 0) // track 1, no offset to the cluster's time, no flags
	s.head = b
	if _, err := s.w.Write(b); err != nil {
		return err
	}
	_, err := s.w.Write(pix)
	return err
}

// header appends an element's ID and size, the latter always in 8 bytes.
func header(b []byte, id uint32, size int) []byte {
	var bytes [4]byte
	binary.BigEndian.PutUint32(bytes[:], id)
	n := 0
	for bytes[n] == 0 {
		n++
	}
	b = append(b, bytes[n:]...)
	return binary.BigEndian.AppendUint64(b, 1<<56|uint64(size))
}

// sizeOf returns how many bytes an element with so much in it takes.
func sizeOf(id uint32, content int) int {
	return len(header(nil, id, 0)) + content
}

func element(b []byte, id uint32, content []byte) []byte {
	return append(header(b, id, len(content)), content...)
}

func number(id uint32, v uint64) []byte {
	return element(nil, id, binary.BigEndian.AppendUint64(nil, v))
}

func join(parts ...[]byte) []byte {
	var all []byte
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}
