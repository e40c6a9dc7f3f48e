package soap

import (
	"bytes"
	"encoding/xml"
	"strconv"

	"mattebox/api/rtb"
)

// declaration begins every document.
const declaration = `<?xml version="1.0" encoding="utf-8"?>` + "\n"

// writer writes XML. Names are ours; texts and values are escaped.
type writer struct{ bytes.Buffer }

// begin writes a start tag; attributes are names and values in turn.
func (w *writer) begin(name string, attributes ...string) {
	w.tag(name, attributes)
	w.WriteString(">")
}

func (w *writer) tag(name string, attributes []string) {
	w.WriteString("<" + name)
	for i := 0; i < len(attributes); i += 2 {
		w.WriteString(" " + attributes[i] + `="`)
		w.text(attributes[i+1])
		w.WriteString(`"`)
	}
}

func (w *writer) end(name string) { w.WriteString("</" + name + ">") }

// element writes an element that holds text.
func (w *writer) element(name, content string, attributes ...string) {
	w.tag(name, attributes)
	if content == "" {
		w.WriteString(" />")
		return
	}
	w.WriteString(">")
	w.text(content)
	w.end(name)
}

func (w *writer) text(s string) {
	_ = xml.EscapeText(&w.Buffer, []byte(s)) // a bytes.Buffer does not fail
}

// members writes an object's elements in the order of its type, whatever the order of
// the node's.
func (w *writer) members(t *complexType, n rtb.Node) {
	nodes := make(map[string]rtb.Node, len(n.Nodes))
	for _, node := range n.Nodes {
		nodes[node.Name] = node
	}
	for _, m := range t.Members {
		w.member(m, nodes[m.Name])
	}
}

// member writes an element as .NET does: an object, a list or a text that is not there
// has no element, another value is nil.
func (w *writer) member(m member, n rtb.Node) {
	switch {
	case n.Kind == rtb.NilNode && m.Nullable:
		w.element(m.Name, "", "xsi:nil", "true")
	case n.Kind == rtb.NilNode:
	case m.Money:
		w.money(m.Name, n)
	case n.Kind == rtb.ListNode && len(n.Nodes) == 0:
		w.element(m.Name, "")
	case n.Kind == rtb.ListNode:
		w.begin(m.Name)
		for _, item := range n.Nodes {
			w.member(m.Of.Members[0], item)
		}
		w.end(m.Name)
	case n.Kind == rtb.ObjectNode:
		w.begin(m.Name)
		w.members(m.Of, n)
		w.end(m.Name)
	default:
		w.element(m.Name, n.Text)
	}
}

// money writes an amount as text, with its currency as an attribute (contracts B).
func (w *writer) money(name string, n rtb.Node) {
	given := map[string]string{}
	for _, node := range n.Nodes {
		given[node.Name] = node.Text
	}
	w.element(name, given["Amount"], "Currency", given["Currency"])
}

// enveloped returns a document whose body is what content writes.
func enveloped(v *version, header, content func(w *writer)) []byte {
	w := &writer{}
	w.WriteString(declaration)
	root := v.prefix + ":Envelope"
	w.begin(root, "xmlns:"+v.prefix, v.namespace, "xmlns:xsi", instance, "xmlns:xsd", "http://www.w3.org/2001/XMLSchema")
	if header != nil {
		w.begin(v.prefix + ":Header")
		header(w)
		w.end(v.prefix + ":Header")
	}
	w.begin(v.prefix + ":Body")
	content(w)
	w.end(v.prefix + ":Body")
	w.end(root)
	return w.Bytes()
}

// resultDocument returns an operation's answer in an envelope.
func resultDocument(v *version, o *operation, answer rtb.Node) []byte {
	return enveloped(v, nil, func(w *writer) {
		w.begin(o.wrapper(), "xmlns", ours)
		w.begin(o.returned())
		w.members(o.result, answer)
		w.end(o.returned())
		w.end(o.wrapper())
	})
}

// faultDocument returns a fault in an envelope. In SOAP 1.2 its header says what was
// not understood, or what is (SOAP 1.2 part 1, 5.4.7 and 5.4.8).
func faultDocument(v *version, f *fault) []byte {
	var header func(w *writer)
	switch {
	case v.namespace != envelope12:
	case f.cause == causeHeader:
		header = func(w *writer) { notUnderstood(w, f) }
	case f.cause == causeVersion:
		header = upgrade
	}
	return enveloped(v, header, func(w *writer) { v.fault(w, v, f) })
}

func notUnderstood(w *writer, f *fault) {
	for i, name := range f.headers {
		if name.Space == "" {
			w.element("soap12:NotUnderstood", "", "qname", name.Local)
			continue
		}
		prefix := "h" + strconv.Itoa(i+1)
		w.element("soap12:NotUnderstood", "", "qname", prefix+":"+name.Local, "xmlns:"+prefix, name.Space)
	}
}

func upgrade(w *writer) {
	w.begin("soap12:Upgrade")
	w.element("soap12:SupportedEnvelope", "", "qname", "a:Envelope", "xmlns:a", envelope12)
	w.element("soap12:SupportedEnvelope", "", "qname", "b:Envelope", "xmlns:b", envelope11)
	w.end("soap12:Upgrade")
}
