package rtb

import "strings"

// Values are a request's named values, whatever wire they came by.
type Values map[string]Value

// Value is what a request gives for one name. The wires send numbers and
// booleans as text, or mean the same by them (contracts F12), so text is all there
// is; null is empty text.
type Value struct {
	Text string
	List []string // of an array of texts
	Kind ValueKind
}

// ValueKind tells what a Value holds.
type ValueKind int

// The kinds.
const (
	TextValue ValueKind = iota
	ListValue
	OtherValue // an object, or an array that holds one: no operation reads it
)

// Text returns a Value that holds text.
func Text(text string) Value { return Value{Text: text} }

// blank reports whether the request does not give the name: no value, an empty
// one, or white space (contracts A0).
func (v Values) blank(name string) bool {
	value := v[name]
	return value.Kind == TextValue && strings.TrimSpace(value.Text) == ""
}
