package soap

import (
	"encoding/xml"
	"slices"
	"strings"
)

// prefixOf returns the prefix that an attribute declares a namespace for.
func prefixOf(a xml.Attr) (string, bool) {
	if a.Name.Space == "" && a.Name.Local == "xmlns" {
		return "", true
	}
	return a.Name.Local, a.Name.Space == "xmlns"
}

// declare takes the declarations among the attributes (Namespaces in XML 1.0, 3).
func (f *frame) declare(attributes []xml.Attr) *fault {
	for _, a := range attributes {
		prefix, declares := prefixOf(a)
		if !declares {
			continue
		}
		_, twice := f.declared[prefix]
		reserved := prefix == "xmlns" || a.Value == xmlnsSpace || (prefix == "xml") != (a.Value == xmlSpace)
		if twice || reserved || prefix != "" && a.Value == "" {
			return sender("The message is not XML: the namespace prefix %.40q is not declared as it may be.", prefix)
		}
		if f.declared == nil {
			f.declared = map[string]string{}
		}
		f.declared[prefix] = a.Value
	}
	return nil
}

// resolve returns a name with its namespace in place of its prefix. The default
// namespace is that of elements only.
func (p *parser) resolve(raw xml.Name, isElement bool) (xml.Name, *fault) {
	if raw.Space == "xml" {
		return xml.Name{Space: xmlSpace, Local: raw.Local}, nil
	}
	if strings.Contains(raw.Local, ":") || raw.Space == "xmlns" {
		return raw, sender("The message is not XML: %.40q is not a name.", raw.Local)
	}
	if raw.Space == "" && !isElement {
		return raw, nil
	}
	for _, f := range slices.Backward(p.open) {
		if space, found := f.declared[raw.Space]; found {
			return xml.Name{Space: space, Local: raw.Local}, nil
		}
	}
	if raw.Space != "" {
		return raw, sender("The message is not XML: the namespace prefix %.40q is not declared.", raw.Space)
	}
	return raw, nil
}

// attributes returns those that declare no namespace, with their namespaces.
func (p *parser) attributes(raw []xml.Attr) ([]xml.Attr, *fault) {
	var all []xml.Attr
	for _, a := range raw {
		if _, declares := prefixOf(a); declares {
			continue
		}
		name, refused := p.resolve(a.Name, false)
		if refused != nil {
			return nil, refused
		}
		if slices.ContainsFunc(all, func(b xml.Attr) bool { return b.Name == name }) {
			return nil, sender("The message is not XML: the attribute %.40q is given twice.", name.Local)
		}
		all = append(all, xml.Attr{Name: name, Value: a.Value})
	}
	return all, nil
}
