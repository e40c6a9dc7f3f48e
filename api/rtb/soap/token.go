package soap

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// What a message may have. The deepest that a client is known to send, markers in
// colorChangeRequests, has 8 levels; signed headers, which are read and ignored, some more.
const (
	maxDepth      = 32
	maxElements   = 20000
	maxAttributes = 64 // of one element
)

// element is an element of a message, its names with their namespaces.
type element struct {
	xml.Name
	attributes []xml.Attr // without namespace declarations
	children   []*element
	text       []byte // what stands directly in it
}

// attribute returns the attribute's value without white space around it.
func (e *element) attribute(space, local string) (string, bool) {
	for _, a := range e.attributes {
		if a.Name.Space == space && a.Name.Local == local {
			return strings.TrimSpace(a.Value), true
		}
	}
	return "", false
}

// frame is an element that has begun and not ended.
type frame struct {
	element  *element
	raw      xml.Name          // as written, Space being the prefix
	declared map[string]string // namespaces by prefix, "" the default
}

// parser reads one message. It takes raw tokens and resolves namespaces itself, because
// the tokenizer lets prefixes without a declaration and attributes given twice pass.
type parser struct {
	d        *xml.Decoder
	told     bool
	form     unicodeForm
	open     []frame
	root     *element
	elements int
	begun    bool // a token was read
}

// parse reads a message: one element, with nothing around it but white space and
// comments. Document types, and with them entities, and processing
// instructions are refused, as SOAP forbids them (SOAP 1.1, 3; SOAP 1.2 part 1, 5).
func parse(message text) (*element, *fault) {
	p := &parser{d: xml.NewDecoder(bytes.NewReader(message.data)), told: message.told, form: message.form}
	p.d.CharsetReader = func(_ string, decoded io.Reader) (io.Reader, error) { return decoded, nil }
	for {
		token, err := p.d.RawToken()
		if errors.Is(err, io.EOF) {
			return p.end()
		}
		if err != nil {
			return nil, malformed(err)
		}
		if refused := p.take(token); refused != nil {
			return nil, refused
		}
		p.begun = true
	}
}

// malformed tells where the message stops being XML.
func malformed(err error) *fault {
	var syntax *xml.SyntaxError
	if errors.As(err, &syntax) {
		return sender("The message is not XML: line %d: %s.", syntax.Line, syntax.Msg)
	}
	return sender("The message is not XML: %.200s.", err)
}

func (p *parser) end() (*element, *fault) {
	if len(p.open) > 0 {
		return nil, sender("The message is not XML: <%s> is not closed.", p.open[len(p.open)-1].element.Local)
	}
	if p.root == nil {
		return nil, sender("The message is empty; send a SOAP envelope.")
	}
	return p.root, nil
}

func (p *parser) take(token xml.Token) *fault {
	switch t := token.(type) {
	case xml.StartElement:
		return p.start(t)
	case xml.EndElement:
		return p.finish(t)
	case xml.CharData:
		return p.chars(t)
	case xml.ProcInst:
		return p.instruction(t)
	case xml.Directive:
		return sender("A document type is not allowed in a SOAP message.")
	}
	return nil // a comment
}

func (p *parser) instruction(t xml.ProcInst) *fault {
	if t.Target != "xml" || p.begun {
		return sender("Processing instructions are not allowed in a SOAP message.")
	}
	label := declares(string(t.Inst))
	if label == "" || p.told {
		return nil
	}
	form, known := formOf(label)
	if !known {
		return sender("The encoding %.40q is not supported; send UTF-8 or UTF-16.", label)
	}
	if form != p.form {
		return sender("The message is in %s, but its XML declaration says %s.", p.form, form)
	}
	return nil
}

func (p *parser) chars(t xml.CharData) *fault {
	if len(p.open) == 0 {
		if len(bytes.TrimSpace(t)) > 0 {
			return sender("The message is not XML: there is text outside of its element.")
		}
		return nil
	}
	e := p.open[len(p.open)-1].element
	e.text = append(e.text, t...)
	return nil
}

func (p *parser) start(t xml.StartElement) *fault {
	if p.elements++; p.elements > maxElements {
		return sender("The message has more than %d elements.", maxElements)
	}
	if len(p.open) == maxDepth {
		return sender("The message nests deeper than %d levels.", maxDepth)
	}
	if len(t.Attr) > maxAttributes {
		return sender("<%s> has more than %d attributes.", t.Name.Local, maxAttributes)
	}
	if p.root != nil && len(p.open) == 0 {
		return sender("The message is not XML: it has more than one element.")
	}
	e := &element{}
	f := frame{element: e, raw: t.Name}
	refused := f.declare(t.Attr)
	if refused != nil {
		return refused
	}
	p.open = append(p.open, f)
	if e.Name, refused = p.resolve(t.Name, true); refused != nil {
		return refused
	}
	if e.attributes, refused = p.attributes(t.Attr); refused != nil {
		return refused
	}
	if p.root == nil {
		p.root = e
		return nil
	}
	parent := p.open[len(p.open)-2].element
	parent.children = append(parent.children, e)
	return nil
}

func (p *parser) finish(t xml.EndElement) *fault {
	if len(p.open) == 0 || p.open[len(p.open)-1].raw != t.Name {
		return sender("The message is not XML: </%s> closes nothing.", t.Name.Local)
	}
	p.open = p.open[:len(p.open)-1]
	return nil
}
