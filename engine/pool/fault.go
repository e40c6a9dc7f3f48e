package pool

import (
	"errors"

	"mattebox"
)

// Fault is an error on its way between processes. A *mattebox.Error comes out with
// the same code, field and message; its cause is kept as text, for logs.
type Fault struct {
	Code    mattebox.Code
	Field   string `json:",omitempty"`
	Message string
	Cause   string `json:",omitempty"`
}

// maxCause keeps an error's text from breaking a frame.
const maxCause = 16 << 10

// NewFault returns err as a Fault, nil for nil. An error without a code is
// CodeInternal, and its text is the cause.
func NewFault(err error) *Fault {
	if err == nil {
		return nil
	}
	var coded *mattebox.Error
	if !errors.As(err, &coded) {
		return &Fault{Code: mattebox.CodeInternal, Message: "the engine failed", Cause: cut(err.Error())}
	}
	f := &Fault{Code: coded.Code, Field: coded.Field, Message: cut(coded.Message)}
	switch {
	case err != error(coded):
		f.Cause = cut(err.Error()) // what wraps the coded error would be lost else
	case coded.Err != nil:
		f.Cause = cut(coded.Err.Error())
	}
	return f
}

func cut(text string) string { return text[:min(len(text), maxCause)] }

// Err returns the fault as a *mattebox.Error, nil for nil.
func (f *Fault) Err() error {
	if f == nil {
		return nil
	}
	e := &mattebox.Error{Code: f.Code, Field: f.Field, Message: f.Message}
	if f.Cause != "" {
		e.Err = errors.New(f.Cause)
	}
	return e
}
