package rtb

import (
	"reflect"
	"strings"
)

// Shape is what every Node of a type looks like: what bindings make schemas and
// samples from.
type Shape struct {
	Name     string
	Kind     Kind // never NilNode
	Type     reflect.Type
	Optional bool    // may be a NilNode
	Money    bool    // an ObjectNode with Node.Money
	Members  []Shape // of an ObjectNode
	Item     *Shape  // of a ListNode
}

// ShapeOf returns the shape of the Nodes that Tree makes of the type. The SOAP
// binding's own members are in it.
func ShapeOf(name string, response reflect.Type) Shape {
	return shapeOf(name, nil, response)
}

func shapeOf(name string, tag []string, t reflect.Type) Shape {
	s := Shape{Name: name, Type: t}
	switch t.Kind() {
	case reflect.Pointer:
		s = shapeOf(name, tag, t.Elem())
		s.Optional = true
	case reflect.Struct:
		s.Kind, s.Money, s.Members = ObjectNode, t == reflect.TypeFor[amount](), shapes(t)
	case reflect.Slice:
		item := shapeOf(tag[1], nil, t.Elem())
		s.Kind, s.Optional, s.Item = ListNode, true, &item
	default:
		s.Kind, _ = leaf(reflect.Zero(t))
	}
	return s
}

func shapes(t reflect.Type) []Shape {
	var all []Shape
	for i := range t.NumField() {
		field := t.Field(i)
		if field.Anonymous {
			all = append(all, shapes(field.Type)...)
			continue
		}
		tag := strings.Split(field.Tag.Get("rtb"), ",")
		all = append(all, shapeOf(tag[0], tag, field.Type))
	}
	return all
}
