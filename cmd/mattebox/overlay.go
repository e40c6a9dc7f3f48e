package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"mattebox"
)

// maxTemplateFile is more than mattebox.Template.With reads, so that it is With
// that refuses what is too long.
const maxTemplateFile = 65<<10 + 1

// overlay is a template file with flags laid over its fields, still as JSON: the
// rules are mattebox.Template's and apply to the whole.
type overlay struct {
	file    string // its path, empty without one
	members []jsonMember
	set     []setting
}

type jsonMember struct {
	name  string
	value json.RawMessage
}

// readOverlay reads the template file, if there is one.
func readOverlay(path string) (*overlay, error) {
	o := &overlay{file: path}
	if path == "" {
		return o, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, mattebox.Wrap(mattebox.CodeInvalid, err, "--template")
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxTemplateFile))
	if err != nil {
		return nil, mattebox.Wrap(mattebox.CodeInvalid, err, "--template")
	}
	if o.members, err = flatMembers(data); err != nil {
		// What is no flat object With words better.
		if _, worded := mattebox.DefaultTemplate().With(data); worded != nil {
			err = worded
		}
		return nil, o.name(err)
	}
	return o, nil
}

// flatMembers splits a JSON object, every member kept, one that is given twice
// too, so that With sees it.
func flatMembers(data []byte) ([]jsonMember, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !json.Valid(data) || len(data) >= maxTemplateFile {
		return nil, errors.New("is not a template")
	}
	d := json.NewDecoder(bytes.NewReader(data))
	if first, err := d.Token(); err != nil || first != json.Delim('{') {
		return nil, errors.New("is not a JSON object")
	}
	var members []jsonMember
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		m := jsonMember{name: fmt.Sprint(key)}
		if err := d.Decode(&m.value); err != nil {
			return nil, err
		}
		members = append(members, m)
	}
	return members, nil
}

// text returns a field's value as text, the flag's before the file's; empty when
// neither gives it.
func (o *overlay) text(field string) string {
	if i := slices.IndexFunc(o.set, func(s setting) bool { return s.field == field }); i >= 0 {
		if o.set[i].value == nil {
			return ""
		}
		return fmt.Sprint(o.set[i].value)
	}
	for _, m := range o.members {
		if m.name == field && string(m.value) != "null" {
			return strings.Trim(string(m.value), "\" \t")
		}
	}
	return ""
}

// lay puts settings over what is there.
func (o *overlay) lay(set ...setting) {
	for _, s := range set {
		o.set = slices.DeleteFunc(o.set, func(old setting) bool { return old.field == s.field })
		o.set = append(o.set, s)
	}
}

// template returns the whole over the default template. An error names the flag
// or the file's field that is at fault.
func (o *overlay) template() (mattebox.Template, error) {
	data, err := o.json()
	if err != nil {
		return mattebox.Template{}, err
	}
	t, err := mattebox.DefaultTemplate().With(data)
	return t, o.name(err)
}

func (o *overlay) json() ([]byte, error) {
	var out bytes.Buffer
	write := func(name string, value any) error {
		text, err := json.Marshal(value)
		if err != nil {
			return fmt.Errorf("writing the template's %s: %w", name, err)
		}
		key, _ := json.Marshal(name) // a string always can
		fmt.Fprintf(&out, ",%s:%s", key, text)
		return nil
	}
	for _, m := range o.members {
		if slices.ContainsFunc(o.set, func(s setting) bool { return s.field == m.name }) {
			continue
		}
		if err := write(m.name, m.value); err != nil {
			return nil, err
		}
	}
	for _, s := range o.set {
		if err := write(s.field, s.value); err != nil {
			return nil, err
		}
	}
	return append(append([]byte{'{'}, bytes.TrimPrefix(out.Bytes(), []byte{','})...), '}'), nil
}

// name puts what the user typed in front of a fault: the flag, or the file and
// its field.
func (o *overlay) name(err error) error {
	var e *mattebox.Error
	if !errors.As(err, &e) {
		return err
	}
	named := *e
	named.Field = strings.TrimSuffix(strings.TrimSpace(o.file+": "+e.Field), ":")
	if o.file == "" {
		named.Field = e.Field
	}
	for _, s := range o.set {
		if s.field == e.Field && s.flag != "" {
			named.Field = s.flag
			named.Message = "(" + e.Field + ") " + e.Message
		}
	}
	return &named
}
