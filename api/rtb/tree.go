package rtb

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Node is a response ready to be written: an element of XML, a member of JSON.
type Node struct {
	Name  string
	Kind  Kind
	Text  string // of TextNode, NumberNode and BoolNode
	Nodes []Node // the members of an ObjectNode, the items of a ListNode

	Money    bool // an amount, with its Currency and CurrencyId
	Prefixed bool // its members carry the prefix a: in the documentation's samples
	SOAP     bool // a member that only the SOAP binding has
}

// Kind tells what a Node is.
type Kind int

// The kinds.
const (
	NilNode Kind = iota // i:nil="true", null
	TextNode
	NumberNode
	BoolNode
	ObjectNode
	ListNode
)

// GUID is a text that is all zeros when there is none, as .NET writes it.
type GUID string

// zeroGUID is .NET's Guid.Empty.
const zeroGUID = "00000000-0000-0000-0000-000000000000"

// Decimal is an exact number with the digits that it is written with.
type Decimal string

// Tree returns the response, a pointer to a struct, as a node of that name. The
// struct's fields become members in their order, those of embedded structs in
// place; the tag rtb:"Name" names them, a second part the items of a list, and
// the third, "prefixed" or "soap", is Node.Prefixed or Node.SOAP. Nil pointers and nil slices are NilNodes.
func Tree(name string, response any) Node {
	return node(name, nil, reflect.ValueOf(response))
}

func node(name string, tag []string, v reflect.Value) Node {
	n := Node{Name: name}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			return node(name, tag, v.Elem())
		}
	case reflect.Struct:
		_, n.Money = v.Interface().(amount)
		n.Kind, n.Nodes, n.Prefixed = ObjectNode, members(v), slices.Contains(tag, "prefixed")
	case reflect.Slice:
		if v.IsNil() {
			return n
		}
		n.Kind = ListNode
		for i := range v.Len() {
			n.Nodes = append(n.Nodes, node(tag[1], nil, v.Index(i)))
		}
	default:
		n.Kind, n.Text = leaf(v)
	}
	return n
}

func members(v reflect.Value) []Node {
	var nodes []Node
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if field.Anonymous {
			nodes = append(nodes, members(v.Field(i))...)
			continue
		}
		tag := strings.Split(field.Tag.Get("rtb"), ",")
		n := node(tag[0], tag, v.Field(i))
		n.SOAP = slices.Contains(tag, "soap")
		nodes = append(nodes, n)
	}
	return nodes
}

// withoutSOAP returns the node as the REST binding writes it.
func (n Node) withoutSOAP() Node {
	var kept []Node
	for _, member := range n.Nodes {
		if !member.SOAP {
			kept = append(kept, member.withoutSOAP())
		}
	}
	n.Nodes = kept
	return n
}

func leaf(v reflect.Value) (Kind, string) {
	switch v.Kind() {
	case reflect.Bool:
		return BoolNode, strconv.FormatBool(v.Bool())
	case reflect.Int:
		return NumberNode, strconv.FormatInt(v.Int(), 10)
	case reflect.Float64:
		return NumberNode, strconv.FormatFloat(v.Float(), 'f', -1, 64)
	}
	switch text := v.Interface().(type) {
	case GUID:
		if text == "" {
			text = zeroGUID
		}
		return TextNode, string(text)
	case Decimal:
		return NumberNode, string(text)
	}
	return TextNode, v.String()
}
