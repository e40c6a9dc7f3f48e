package soap

import (
	"reflect"
	"slices"
	"strings"

	"mattebox/api/rtb"
)

// schema collects the types of the results, each once, in the order in which they are
// met.
type schema struct{ types []*complexType }

// complexType is a type of the WSDL's schema.
type complexType struct {
	Name    string
	Members []member
	Array   bool // its only member repeats
}

// member is an element of a complexType.
type member struct {
	Name     string
	Type     string // with its prefix, "s:int", "tns:Invoice"
	Nullable bool   // a value that may be missing: then it is xsi:nil
	Optional bool   // an object, a list or a text that may be missing: then there is no element
	Repeats  bool

	Kind  rtb.Kind
	Money bool
	Of    *complexType // of an object or a list
}

// result describes the results of an operation. Its type is called after the
// response of the REST binding, because what the vendor calls it is not known.
func (s *schema) result(element string, response reflect.Type) *complexType {
	name := strings.TrimSuffix(element, "Response") + "Result"
	return s.object(name, resultFirst(), rtb.ShapeOf(element, response))
}

// object describes an object whose members stand in the order.
func (s *schema) object(name string, order []string, shape rtb.Shape) *complexType {
	if known := s.find(name); known != nil {
		return known
	}
	t := &complexType{Name: name}
	s.types = append(s.types, t)
	for _, part := range shape.Members {
		t.Members = append(t.Members, s.member(part))
	}
	at := position(order)
	slices.SortStableFunc(t.Members, func(a, b member) int { return at(a.Name) - at(b.Name) })
	return t
}

func (s *schema) find(name string) *complexType {
	i := slices.IndexFunc(s.types, func(t *complexType) bool { return t.Name == name })
	if i < 0 {
		return nil
	}
	return s.types[i]
}

func (s *schema) member(shape rtb.Shape) member {
	m := member{Name: shape.Name, Kind: shape.Kind, Money: shape.Money}
	switch {
	case shape.Money:
		m.Type, m.Optional = "tns:Money", true
	case shape.Kind == rtb.ObjectNode:
		l := layouts()[shape.Type.Name()]
		m.Of, m.Optional = s.object(l.name, l.names(), shape), true
		m.Type = "tns:" + m.Of.Name
	case shape.Kind == rtb.ListNode:
		m.Of, m.Optional = s.array(*shape.Item), true
		m.Type = "tns:" + m.Of.Name
	default:
		m.Type = scalar(shape)
		m.Optional = m.Type == "s:string"
		m.Nullable = shape.Optional && !m.Optional
	}
	return m
}

// array describes a list, as .NET calls it.
func (s *schema) array(item rtb.Shape) *complexType {
	m := s.member(item)
	m.Optional, m.Nullable, m.Repeats = true, false, true
	_, local, _ := strings.Cut(m.Type, ":")
	name := "ArrayOf" + strings.ToUpper(local[:1]) + local[1:]
	if known := s.find(name); known != nil {
		return known
	}
	t := &complexType{Name: name, Members: []member{m}, Array: true}
	s.types = append(s.types, t)
	return t
}

// scalar returns the type of a text, number or boolean.
func scalar(shape rtb.Shape) string {
	switch shape.Type {
	case reflect.TypeFor[rtb.GUID]():
		return "guid:guid"
	case reflect.TypeFor[rtb.ErrorCode]():
		return "tns:ErrorCode"
	case reflect.TypeFor[rtb.Decimal]():
		return "s:decimal"
	}
	switch shape.Type.Kind() {
	case reflect.Int:
		return "s:int"
	case reflect.Float64:
		return "s:double"
	case reflect.Bool:
		return "s:boolean"
	}
	return "s:string"
}
