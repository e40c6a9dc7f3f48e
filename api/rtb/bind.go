package rtb

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"mattebox"
)

// defaultMax is how many bytes a field keeps whose tag names no other number; the
// store keeps as many.
const defaultMax = 255

// Field is a named value of a request. It comes from the tag of the request's
// struct: `rtb:"imageURL,required" max:"2048"`; a field marked "unread" may hold
// anything, because no operation looks at it.
type Field struct {
	Name     string
	Required bool
	Unread   bool
	List     bool // an array of texts
	Max      int  // bytes

	index []int
}

// fieldsOf returns the fields of a request struct in their order, those of embedded
// structs in place.
func fieldsOf(request reflect.Type) []Field {
	var fields []Field
	for i := range request.NumField() {
		member := request.Field(i)
		if member.Anonymous {
			for _, f := range fieldsOf(member.Type) {
				f.index = append([]int{i}, f.index...)
				fields = append(fields, f)
			}
			continue
		}
		name, options, _ := strings.Cut(member.Tag.Get("rtb"), ",")
		f := Field{Name: name, List: member.Type.Kind() == reflect.Slice, Max: defaultMax, index: []int{i}}
		f.Required = slices.Contains(strings.Split(options, ","), "required")
		f.Unread = slices.Contains(strings.Split(options, ","), "unread")
		if n, err := strconv.Atoi(member.Tag.Get("max")); err == nil {
			f.Max = n
		}
		fields = append(fields, f)
	}
	return fields
}

// bind fills the request, a pointer to a struct, with the values of its fields.
// Blank text counts as not given and is left out; other text is kept as it came.
// The first required field that is missing, then the first value that is no text, too
// long, or cannot be written as XML, is the error.
func bind(values Values, fields []Field, request any) error {
	for _, f := range fields {
		if f.Required && values.blank(f.Name) {
			return missing(f.Name)
		}
	}
	target := reflect.ValueOf(request).Elem()
	for _, f := range fields {
		value := values[f.Name]
		if f.Unread || values.blank(f.Name) {
			continue
		}
		if err := f.check(value); err != nil {
			return err
		}
		if f.List {
			target.FieldByIndex(f.index).Set(reflect.ValueOf(texts(value)))
			continue
		}
		target.FieldByIndex(f.index).SetString(value.Text)
	}
	return nil
}

// texts returns the value as a list; one text is a list of one.
func texts(v Value) []string {
	if v.Kind == ListValue {
		return v.List
	}
	return []string{v.Text}
}

func (f Field) check(v Value) error {
	if v.Kind == OtherValue || v.Kind == ListValue && !f.List {
		return mattebox.Invalid(f.Name, "must be text, a number, true, false or null")
	}
	for _, text := range texts(v) {
		if len(text) > f.Max {
			return mattebox.Invalid(f.Name, "has %d bytes; at most %d are kept", len(text), f.Max)
		}
		if !printable(text) {
			return mattebox.Invalid(f.Name, "holds a control character")
		}
	}
	return nil
}

// printable refuses what XML 1.0 cannot carry (section 2.2), because answers echo
// what requests say.
func printable(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool {
		return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF
	})
}
