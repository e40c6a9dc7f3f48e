package rtb

import (
	"bytes"
	"encoding/xml"
	"slices"
	"strings"
)

// The namespaces of XML answers. Response and arrays are what the vendor's service
// and .NET use (contracts A0); which one the vendor's prefix a: stands for is
// not known, so that one is ours.
const (
	instanceNamespace = "http://www.w3.org/2001/XMLSchema-instance"
	responseNamespace = "http://schemas.datacontract.org/2004/07/Removethebackground.Core.Entities.Response"
	entityNamespace   = "http://schemas.datacontract.org/2004/07/Removethebackground.Core.Entities"
	arraysNamespace   = "http://schemas.microsoft.com/2003/10/Serialization/Arrays"
)

// writeXML returns the answer as XML. Plain XML has the element order of the tree
// and declares a prefix only where it is used; with contract it has the namespaces
// and the order of a .NET DataContract: ErrorCode and Message, then by name.
func writeXML(root Node, contract bool) []byte {
	w := xmlWriter{contract: contract}
	w.content(root)
	var out bytes.Buffer
	out.WriteString("<" + root.Name)
	if contract {
		out.WriteString(` xmlns="` + responseNamespace + `"`)
	}
	for _, declared := range []struct {
		used      bool
		name, uri string
	}{
		{w.instance || contract, "i", instanceNamespace},
		{w.entity, "a", entityNamespace},
		{w.arrays, "b", arraysNamespace},
	} {
		if declared.used {
			out.WriteString(` xmlns:` + declared.name + `="` + declared.uri + `"`)
		}
	}
	out.WriteString(">")
	out.Write(w.body.Bytes())
	out.WriteString("</" + root.Name + ">")
	return out.Bytes()
}

type xmlWriter struct {
	body                     bytes.Buffer
	contract                 bool
	instance, entity, arrays bool // prefixes in use
}

// content writes what stands between the tags of n.
func (w *xmlWriter) content(n Node) {
	switch n.Kind {
	case TextNode, NumberNode, BoolNode:
		_ = xml.EscapeText(&w.body, []byte(n.Text)) // a bytes.Buffer does not fail
	case ObjectNode:
		for _, member := range w.ordered(n.Nodes) {
			w.element(member, w.memberPrefix(n))
		}
	case ListNode:
		for _, item := range n.Nodes {
			w.element(item, w.itemPrefix(item))
		}
	}
}

func (w *xmlWriter) element(n Node, prefix string) {
	name := prefix + n.Name
	switch {
	case n.Kind == NilNode:
		w.instance = true
		w.body.WriteString("<" + name + ` i:nil="true"/>`)
	case n.Text == "" && len(n.Nodes) == 0:
		w.body.WriteString("<" + name + "/>")
	default:
		w.body.WriteString("<" + name + ">")
		w.content(n)
		w.body.WriteString("</" + name + ">")
	}
}

func (w *xmlWriter) memberPrefix(n Node) string {
	if n.Prefixed || n.Money && w.contract {
		w.entity = true
		return "a:"
	}
	return ""
}

func (w *xmlWriter) itemPrefix(item Node) string {
	if w.contract && item.Kind == TextNode {
		w.arrays = true
		return "b:"
	}
	return ""
}

// ordered returns the members in the order that they are written in.
func (w *xmlWriter) ordered(members []Node) []Node {
	if !w.contract {
		return members
	}
	sorted := slices.Clone(members)
	rank := func(n Node) string {
		switch n.Name {
		case "ErrorCode": // of the base class, which goes first
			return "0"
		case "Message":
			return "1"
		}
		return "2" + n.Name
	}
	slices.SortStableFunc(sorted, func(a, b Node) int { return strings.Compare(rank(a), rank(b)) })
	return sorted
}
