package mattebox

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"unicode/utf8"
)

// maxTemplateBytes bounds the JSON of a template. The longest honest one (a
// comment of maxComment characters, a callback of maxURL) has less than half.
const maxTemplateBytes = 64 << 10

// member is one name and value of a flat JSON object, the value as text: null is
// empty, a number is its literal.
type member struct{ name, text string }

// readMembers returns the members of the flat JSON object that is all of data.
func readMembers(data []byte) ([]member, error) {
	if len(data) > maxTemplateBytes {
		return nil, Invalid("", "template has %d bytes; at most %d are read", len(data), maxTemplateBytes)
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff")) // editors on Windows write it (RFC 8259, 8.1)
	if !utf8.Valid(data) {
		return nil, Invalid("", "template is not UTF-8")
	}
	if err := checkSyntax(data); err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if first, err := d.Token(); err != nil || first != json.Delim('{') {
		return nil, Invalid("", "template is not a JSON object")
	}
	var members []member
	seen := map[string]bool{}
	for d.More() {
		m, err := readMember(d)
		if err != nil {
			return nil, err
		}
		if seen[m.name] {
			return nil, Invalid(m.name, "is given twice")
		}
		seen[m.name] = true
		members = append(members, m)
	}
	return members, nil
}

func readMember(d *json.Decoder) (member, error) {
	key, err := d.Token()
	if err != nil {
		return member{}, Wrap(CodeInvalid, err, "template is not JSON")
	}
	name, _ := key.(string) // between { and } the decoder returns nothing else
	value, err := d.Token()
	if err != nil {
		return member{}, Wrap(CodeInvalid, err, "template is not JSON")
	}
	switch v := value.(type) {
	case nil:
		return member{name: name}, nil
	case string:
		return member{name, v}, nil
	case json.Number:
		return member{name, v.String()}, nil
	case bool:
		if v {
			return member{name, "true"}, nil
		}
		return member{name, "false"}, nil
	}
	return member{}, Invalid(name, "must be text, a number, true, false or null")
}

// checkSyntax reports the line of the first fault, because json.Decoder reads on
// past some that a strict reader must refuse.
func checkSyntax(data []byte) error {
	var whole json.RawMessage
	err := json.Unmarshal(data, &whole)
	if err == nil {
		return nil
	}
	var fault *json.SyntaxError
	if !errors.As(err, &fault) {
		return Wrap(CodeInvalid, err, "template is not JSON")
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return Wrap(CodeInvalid, io.ErrUnexpectedEOF, "template is empty")
	}
	end := min(int(fault.Offset), len(data))
	return Invalid("", "template is not JSON: line %d: %s", 1+bytes.Count(data[:end], []byte{'\n'}), fault.Error())
}
