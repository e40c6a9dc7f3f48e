package imaging

import "fmt"

// Fault says why bytes could not be taken as a picture.
type Fault string

// The faults.
const (
	FaultUnknown     Fault = "unknown"     // no kind of file we recognise
	FaultUnsupported Fault = "unsupported" // a kind we recognise and do not read
	FaultDamaged     Fault = "damaged"     // a kind we read, but broken or cut short
)

// FormatError is returned for bytes that are not a readable picture. Reason is
// a sentence for whoever sent them: what is wrong and what to do about it.
type FormatError struct {
	Fault  Fault
	Format Format // empty unless recognised
	Reason string
	Err    error // what the decoder said, for logs; may be nil
}

// Error returns the reason and what the decoder said.
func (e *FormatError) Error() string {
	if e.Err == nil {
		return e.Reason
	}
	return e.Reason + ": " + e.Err.Error()
}

// Unwrap returns what the decoder said.
func (e *FormatError) Unwrap() error { return e.Err }

// LimitError is returned for a picture that is larger than the Limits allow (or,
// when encoding, than the file format allows).
type LimitError struct {
	What     string // "bytes", "pixels" or "side"
	Got, Max int64
	Format   Format // set when the limit is the output format's own
}

// Error says what is too large, how large it may be and what to do.
func (e *LimitError) Error() string {
	if e.Format != "" {
		return fmt.Sprintf("picture has a side of %d pixels, %s files end at %d; choose another format or a smaller size", e.Got, e.Format, e.Max)
	}
	switch e.What {
	case "bytes":
		return fmt.Sprintf("file has %d bytes, more than the %d allowed; send a smaller file", e.Got, e.Max)
	case "side":
		return fmt.Sprintf("picture has a side of %d pixels, more than the %d allowed; scale it down", e.Got, e.Max)
	}
	return fmt.Sprintf("picture has %d pixels, more than the %d allowed; scale it down", e.Got, e.Max)
}

// OptionError is returned by encoders that are asked for what the format cannot
// hold. Field names the part of EncodeOptions or Picture at fault.
type OptionError struct {
	Field  string // "Format", "Quality", "Level" or "Alpha"
	Reason string
}

// Error returns "Field: reason".
func (e *OptionError) Error() string { return e.Field + ": " + e.Reason }

func damaged(f Format, err error) error {
	return &FormatError{
		Fault: FaultDamaged, Format: f, Err: err,
		Reason: fmt.Sprintf("the %s file is damaged or cut short; export or upload it again", f),
	}
}

func unsupported(f Format, reason string) error {
	return &FormatError{Fault: FaultUnsupported, Format: f, Reason: reason}
}
