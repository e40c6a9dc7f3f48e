package psd

import "fmt"

// SizeError says that a document is larger than a PSD file can be.
type SizeError struct {
	What     string // "Width", "Layers[2].Height", "the file length in bytes"
	Got, Max int64  // pixels for a side, bytes for the file
}

// Error names the quantity, its limit and the format that would take it.
func (e *SizeError) Error() string {
	return fmt.Sprintf("psd: %s is %d, and PSD allows %d; larger documents need the PSB format, which is not supported",
		e.What, e.Got, e.Max)
}

// FieldError says that a field of a Document contradicts the others or the
// format.
type FieldError struct {
	Field   string // as in Go: "Layers[0].Mask"
	Message string
}

// Error returns "psd: field message".
func (e *FieldError) Error() string { return "psd: " + e.Field + " " + e.Message }

func fieldErrorf(field, format string, args ...any) error {
	return &FieldError{Field: field, Message: fmt.Sprintf(format, args...)}
}
