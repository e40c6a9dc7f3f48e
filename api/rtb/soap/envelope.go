package soap

import (
	"slices"

	"mattebox/api/rtb"
)

// envelope is a message taken apart.
type envelope struct {
	version *version
	headers []*element
	body    *element // what the body holds
}

// open takes a message apart. Its version is that of its namespace, whatever the
// media type says. With a fault, the version may be nil.
func open(root *element) (envelope, *fault) {
	var e envelope
	for _, v := range []*version{soap11(), soap12()} {
		if root.Space == v.namespace {
			e.version = v
		}
	}
	if e.version == nil && root.Local != "Envelope" {
		return e, sender("The message is not a SOAP envelope; it begins with <%.60s>.", root.Local)
	}
	if e.version == nil || root.Local != "Envelope" {
		return e, &fault{cause: causeVersion, reason: "The envelope is neither in the namespace of SOAP 1.1, " + envelope11 + ", nor in that of SOAP 1.2, " + envelope12 + "."}
	}
	parts := root.children
	if len(parts) > 0 && parts[0].Space == root.Space && parts[0].Local == "Header" {
		e.headers, parts = parts[0].children, parts[1:]
	}
	if len(parts) == 0 || parts[0].Space != root.Space || parts[0].Local != "Body" {
		return e, sender("The envelope has no body.")
	}
	content := parts[0].children
	if len(content) != 1 {
		return e, sender("The body has to hold one element, named after the operation; it holds %d.", len(content))
	}
	e.body = content[0]
	return e, nil
}

// understood refuses a message with a header that is for us and has to be
// understood, because we know none.
func (e envelope) understood() *fault {
	f := &fault{cause: causeHeader, reason: "A header that has to be understood is not:"}
	for _, h := range e.headers {
		must, _ := h.attribute(e.version.namespace, "mustUnderstand")
		role, _ := h.attribute(e.version.namespace, e.version.actor)
		if (must == "1" || must == "true") && slices.Contains(e.version.roles, role) {
			f.headers = append(f.headers, h.Name)
			f.reason += " {" + h.Space + "}" + h.Local
		}
	}
	if len(f.headers) == 0 {
		return nil
	}
	f.reason += "."
	return f
}

// values returns what a request's element gives for the operation's fields.
// Elements of no namespace count like those of the vendor's; others are ignored. Of a
// name given twice the last value counts, as in the REST binding.
func (o *operation) values(wrapper *element) rtb.Values {
	fields := make(map[string]param, len(o.params))
	for _, p := range o.params {
		fields[p.name] = p
	}
	given := rtb.Values{}
	for _, child := range wrapper.children {
		if p, known := fields[child.Local]; known && isOurs(child) {
			given[p.field] = child.value()
		}
	}
	return given
}

func isOurs(e *element) bool { return e.Space == ours || e.Space == "" }

// value returns an element's text, or the texts of its children.
func (e *element) value() rtb.Value {
	if null, _ := e.attribute(instance, "nil"); null == "true" || null == "1" {
		return rtb.Text("")
	}
	if len(e.children) == 0 {
		return rtb.Text(string(e.text))
	}
	list := make([]string, 0, len(e.children))
	for _, item := range e.children {
		if len(item.children) > 0 {
			return rtb.Value{Kind: rtb.OtherValue}
		}
		list = append(list, string(item.text))
	}
	return rtb.Value{Kind: rtb.ListValue, List: list}
}
