package soap

import (
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"mattebox/api/rtb"
)

// Whatever comes, reading ends, keeps its limits, and either refuses in words that can
// be written, or gives values that bind as REST's do. What it reads as XML the standard
// library reads too.
func FuzzEnvelope(f *testing.F) {
	good := request(soap11(), "AddImageToQueue", fields{"contactEmail": "a@b.example", "imageURL": "http://x/y?a&b"})
	for _, seed := range []string{
		good, request(soap12(), "GetTemplates", nil), "", "<", "<a:b xmlns:a='urn:a'/>", "\xff\xfe<\x00a\x00/\x00>\x00",
		`<?xml version="1.0" encoding="utf-16"?><a/>`, "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
		enveloping(soap11(), `<h xmlns="urn:h" e:mustUnderstand="1"/>`, "<x/>"),
		`<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><AddImageToQueue xmlns="http://removethebackground.com/"><colorwayIds><int>1</int></colorwayIds>` +
			`<colorChangeRequests><ColorChangeRequest><colorChangeRequestMarkers><MarkerInfo/></colorChangeRequestMarkers></ColorChangeRequest></colorChangeRequests></AddImageToQueue></e:Body></e:Envelope>`,
		`<a xmlns="u" xmlns:p="v" p:x="1" xml:lang="en"><![CDATA[<]]>&#x41;<!-- c --></a>`,
	} {
		f.Add([]byte(seed), "")
		f.Add([]byte(inUTF16("\ufeff"+seed, binary.BigEndian)), "utf-16")
	}
	operations, _ := table(f)
	h := &handler{operations: operations}
	h.address, _ = addressOf("http://x")
	f.Fuzz(func(t *testing.T, data []byte, charset string) {
		message, refused := decode(data, charset)
		if refused == nil {
			var root *element
			if root, refused = parse(message); refused == nil {
				judge(t, root, message.data)
				var e envelope
				if e, refused = open(root); refused == nil {
					if refused = e.understood(); refused == nil {
						refused = h.serveFuzzed(t, e)
					}
				}
			}
		}
		if refused != nil {
			readable(t, faultDocument(soap11(), refused))
			readable(t, faultDocument(soap12(), refused))
		}
	})
}

// serveFuzzed looks at what an operation would be given.
func (h *handler) serveFuzzed(t *testing.T, e envelope) *fault {
	o, refused := h.meant(e.body, "")
	if refused != nil {
		return refused
	}
	for name, value := range o.values(e.body) {
		if value.Kind == rtb.TextValue && !utf8.ValidString(value.Text) {
			t.Errorf("%s is not UTF-8", name)
		}
	}
	return nil
}

// judge compares what we read with the limits and with the standard library's reading,
// which fails where ours does not only for namespaces.
func judge(t *testing.T, root *element, data []byte) {
	count := 0
	root.walk(func(e *element) {
		count++
		if strings.Contains(e.Local, ":") || len(e.attributes) > maxAttributes {
			t.Errorf("{%s}%s has %d attributes", e.Space, e.Local, len(e.attributes))
		}
	})
	if count > maxElements {
		t.Errorf("%d elements", count)
	}
	d := xml.NewDecoder(bytes.NewReader(data))
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	depth, elements := 0, 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("the standard library does not read it: %v", err)
		}
		switch token.(type) {
		case xml.StartElement:
			depth, elements = depth+1, elements+1
		case xml.EndElement:
			depth--
		case xml.Directive:
			t.Error("a document type was let through")
		}
		if depth > maxDepth {
			t.Error("it is too deep")
		}
	}
	if elements != count {
		t.Errorf("%d elements, the standard library has %d", count, elements)
	}
}

// readable fails unless we can read what we write.
func readable(t *testing.T, document []byte) {
	message, refused := decode(document, "utf-8")
	if refused != nil {
		t.Fatalf("%s: %q", refused.reason, document)
	}
	if _, refused = parse(message); refused != nil {
		t.Fatalf("%s: %q", refused.reason, document)
	}
}
