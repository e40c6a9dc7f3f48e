package pool

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
)

// MaxFrame is the most bytes that one message may have. The largest real ones,
// a template with a long comment and a report with many warnings, stay far below.
const MaxFrame = 1 << 20

// frameHead is the length in front of each message: four bytes, most significant
// first.
const frameHead = 4

// FrameError is returned for bytes that are no message of the protocol.
type FrameError struct{ Reason string }

// Error says what is wrong with the bytes.
func (e *FrameError) Error() string { return "not a message of the engine's protocol: " + e.Reason }

// WriteFrame writes the message as JSON behind its length, in one Write.
func WriteFrame(w io.Writer, message any) error {
	text, err := json.Marshal(message)
	if err != nil {
		return fmt.Errorf("encoding a message: %w", err)
	}
	if len(text) > MaxFrame {
		return &FrameError{Reason: fmt.Sprintf("it would have %d bytes, at most %d are allowed", len(text), MaxFrame)}
	}
	frame := binary.BigEndian.AppendUint32(make([]byte, 0, frameHead+len(text)), uint32(len(text)))
	_, err = w.Write(append(frame, text...))
	return err
}

// ReadFrame reads the JSON text of the next message. The error is io.EOF when the
// stream ends between messages, io.ErrUnexpectedEOF when it ends inside one, and a
// *FrameError for a length that no message has.
func ReadFrame(r io.Reader) (json.RawMessage, error) {
	var head [frameHead]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(head[:])
	if n == 0 || n > MaxFrame {
		return nil, &FrameError{Reason: fmt.Sprintf("its length is %d, at most %d are allowed", n, MaxFrame)}
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(r, text); err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	return text, nil
}

// ParseFrame reads a message's JSON text into the value; the error is a
// *FrameError, except where the value's own reader of JSON refused.
func ParseFrame(text json.RawMessage, message any) error {
	if !json.Valid(text) {
		return &FrameError{Reason: "it is not JSON"}
	}
	return json.Unmarshal(text, message)
}
