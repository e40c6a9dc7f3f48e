package billing

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"mattebox"
)

// maxSettings bounds a file of prices or terms, in bytes.
const maxSettings = 1 << 20

// readSettings reads the file and decodes it with parse, naming the file in faults.
func readSettings[T any](path string, parse func([]byte) (T, error)) (T, error) {
	var none T
	file, err := os.Open(path)
	if err != nil {
		return none, mattebox.Wrap(mattebox.CodeInvalid, err, "cannot be read")
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxSettings+1))
	if err != nil {
		return none, mattebox.Wrap(mattebox.CodeInvalid, err, "cannot be read")
	}
	if len(data) > maxSettings {
		return none, mattebox.Errorf(mattebox.CodeTooLarge, "%s: is larger than %d bytes", path, maxSettings)
	}
	settings, err := parse(data)
	if err != nil {
		return none, within(path, err)
	}
	return settings, nil
}

// strict decodes the whole of data, and refuses members that v does not have and
// members that are given twice. Faults name the line and column.
func strict(data []byte, v any) error {
	if err := noTwins(data); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return at(data, d.InputOffset(), err)
	}
	if _, err := d.Token(); err != io.EOF {
		return mattebox.Errorf(mattebox.CodeInvalid, "%s: something follows the end of the JSON", place(data, d.InputOffset()))
	}
	return nil
}

// noTwins returns an error for an object that has a member twice, of which JSON
// decoders silently keep the last.
func noTwins(data []byte) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var open []map[string]bool // seen members of each open object; nil for an array
	key := false               // the next string is a member's name
	for {
		token, err := d.Token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return at(data, d.InputOffset(), err)
		}
		switch t := token.(type) {
		case json.Delim:
			switch t {
			case '{':
				open = append(open, map[string]bool{})
			case '[':
				open = append(open, nil)
			default:
				open = open[:len(open)-1]
			}
		case string:
			if key {
				seen := open[len(open)-1]
				name := strings.ToLower(t) // the decoder does not mind case either
				if seen[name] {
					return mattebox.Errorf(mattebox.CodeInvalid, "%s: %q is given twice", place(data, d.InputOffset()), t)
				}
				seen[name], key = true, false
				continue
			}
		}
		key = len(open) > 0 && open[len(open)-1] != nil
	}
}

// at turns a decoder's error into one for the operator, with its place.
func at(data []byte, offset int64, err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return mattebox.Errorf(mattebox.CodeInvalid, "%s: is no JSON: %s", place(data, syntax.Offset), strings.TrimPrefix(syntax.Error(), "json: "))
	case errors.As(err, &kind):
		return mattebox.Errorf(mattebox.CodeInvalid, "%s: %s takes %s, not a JSON %s", place(data, kind.Offset), named(kind.Field), words(kind.Type.Kind().String()), kind.Value)
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return mattebox.Errorf(mattebox.CodeInvalid, "%s: the JSON ends too soon", place(data, int64(len(data))))
	}
	return mattebox.Errorf(mattebox.CodeInvalid, "%s: %s", place(data, offset), strings.TrimPrefix(err.Error(), "json: "))
}

func named(field string) string {
	if field == "" {
		return "this place"
	}
	return field
}

// words says in an operator's words what a Go kind is.
func words(kind string) string {
	switch kind {
	case "map", "struct":
		return "an object"
	case "int", "int64":
		return "a whole number"
	case "bool":
		return "true or false"
	}
	return "a " + kind
}

// place returns the line and column of an offset, both counted from 1.
func place(data []byte, offset int64) string {
	before := data[:max(0, min(offset, int64(len(data))))]
	line := bytes.Count(before, []byte("\n")) + 1
	column := len(before) - bytes.LastIndexByte(before, '\n')
	return fmt.Sprintf("line %d, column %d", line, column)
}

// within puts where something is wrong in front of an error.
func within(where string, err error) error {
	var e *mattebox.Error
	if !errors.As(err, &e) {
		return fmt.Errorf("%s: %w", where, err)
	}
	placed := *e
	placed.Message = where + ": " + e.Message
	if e.Field != "" {
		placed.Field, placed.Message = "", where+": "+e.Field+": "+e.Message
	}
	return &placed
}
