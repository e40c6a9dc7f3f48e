package mattebox

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
)

// ParseTemplate reads the JSON object of POST Template (contracts A1) and
// returns a template that passes Validate. Names are exact; each value may be a
// string, a number, a boolean or null, and null and blank text mean that the
// field is not given (contracts F12). contactEmail and contactAPIkey are the edge's and
// are skipped. JSON that is not one flat object, more than 64 KiB of it, a name
// given twice, an unknown name, a missing required field and a value that breaks
// a rule are CodeInvalid errors; Field is the name as on the wire, or empty when
// the text is not JSON at all.
func ParseTemplate(data []byte) (Template, error) {
	t := Template{Alignment: AlignCentre}
	given, err := t.read(data)
	if err != nil {
		return Template{}, err
	}
	for _, name := range [...]string{"templateName", "templateOutputFormat", "deliveryTimeInHour", "backgroundType"} {
		if !given[name] {
			return Template{}, Invalid(name, "is required")
		}
	}
	return t, t.Validate()
}

// With returns t with the fields that data names, in the form that
// ParseTemplate reads, put in place of its own; no field is required. It is how
// the command line lays a file over the defaults. Errors are ParseTemplate's.
func (t Template) With(data []byte) (Template, error) {
	if _, err := t.read(data); err != nil {
		return Template{}, err
	}
	return t, t.Validate()
}

// UnmarshalJSON reads what MarshalJSON wrote, a stored system template included
// (ValidateStored). For what a customer sends, use ParseTemplate.
func (t *Template) UnmarshalJSON(data []byte) error {
	read := Template{Alignment: AlignCentre}
	if _, err := read.read(data); err != nil {
		return err
	}
	if err := read.ValidateStored(); err != nil {
		return err
	}
	*t = read
	return nil
}

// MarshalJSON writes the template as the object that ParseTemplate reads.
// Optional fields at their defaults are left out.
func (t Template) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	for _, f := range templateFields() {
		value := f.get(t)
		if value == nil {
			continue
		}
		text, err := json.Marshal(value)
		if err != nil {
			return nil, Wrap(CodeInvalid, err, "%s cannot be written as JSON", f.name)
		}
		if out.Len() > 0 {
			out.WriteByte(',')
		}
		out.WriteString(`"` + f.name + `":`)
		out.Write(text)
	}
	return append(append([]byte{'{'}, out.Bytes()...), '}'), nil
}

// read sets the fields that data gives and returns their names.
func (t *Template) read(data []byte) (map[string]bool, error) {
	members, err := readMembers(data)
	if err != nil {
		return nil, err
	}
	fields := templateFields()
	given := map[string]bool{}
	for _, m := range members {
		if m.name == "contactEmail" || m.name == "contactAPIkey" {
			continue
		}
		field, ok := findField(fields, m.name)
		if !ok {
			return nil, unknownField(fields, m.name)
		}
		if strings.TrimSpace(m.text) == "" {
			continue
		}
		if err := field.set(t, m.text); err != nil {
			return nil, Invalid(m.name, "%s", reason(err))
		}
		given[m.name] = true
	}
	return given, nil
}

func findField(fields []templateField, name string) (templateField, bool) {
	for _, f := range fields {
		if f.name == name {
			return f, true
		}
	}
	return templateField{}, false
}

func unknownField(fields []templateField, name string) error {
	for _, f := range fields {
		if strings.EqualFold(f.name, name) {
			return Invalid(name, "is not a field of a template; did you mean %s?", f.name)
		}
	}
	return Invalid(name, "is not a field of a template")
}

// reason returns an error's text without the field that the error names.
func reason(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Message
	}
	return err.Error()
}
