package soap

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"

	"mattebox/api/rtb"
)

// samples are what the page of an operation shows: requests and answers as they go
// over the wire, with the names of types where values stand.
type samples struct {
	Title             string
	Request, Response string
}

// samplesOf returns the samples of both versions and of the form.
func (h *handler) samplesOf(o *operation, address *url.URL) []samples {
	var all []samples
	for _, v := range []*version{soap11(), soap12()} {
		all = append(all, samples{
			Title:    "SOAP " + v.number,
			Request:  head(v, o, address) + requestSample(v, o),
			Response: responseHead(v.mediaType) + responseSample(v, o),
		})
	}
	return append(all, samples{
		Title:    "HTTP POST",
		Request:  "POST " + address.Path + "/" + o.Name + " HTTP/1.1\nHost: " + address.Host + "\nContent-Type: application/x-www-form-urlencoded\nContent-Length: length\n\n" + formSample(o),
		Response: responseHead("text/xml") + formResponseSample(o),
	})
}

func head(v *version, o *operation, address *url.URL) string {
	lines := "POST " + address.Path + " HTTP/1.1\nHost: " + address.Host + "\nContent-Type: " + v.mediaType + "; charset=utf-8\nContent-Length: length\n"
	if v.namespace == envelope11 {
		lines += `SOAPAction: "` + ours + o.Name + "\"\n"
	}
	return lines + "\n"
}

func responseHead(mediaType string) string {
	return "HTTP/1.1 200 OK\nContent-Type: " + mediaType + "; charset=utf-8\nContent-Length: length\n\n"
}

// requestSample returns an envelope that can be sent once its values are filled in.
func requestSample(v *version, o *operation) string {
	return indented(v, func(w *indenter) {
		w.begin(o.Name, "xmlns", ours)
		for _, p := range o.params {
			w.param(p)
		}
		w.end(o.Name)
	})
}

func responseSample(v *version, o *operation) string {
	return indented(v, func(w *indenter) {
		w.begin(o.wrapper(), "xmlns", ours)
		w.begin(o.returned())
		w.members(o.result)
		w.end(o.returned())
		w.end(o.wrapper())
	})
}

func formResponseSample(o *operation) string {
	w := &indenter{}
	w.WriteString(strings.TrimSpace(declaration))
	w.begin(o.result.Name, "xmlns", ours)
	w.members(o.result)
	w.end(o.result.Name)
	return w.String()
}

// formSample leaves arrays out, as the WSDL does.
func formSample(o *operation) string {
	var pairs []string
	for _, p := range o.params {
		if p.list == "" {
			pairs = append(pairs, p.name+"=string")
		}
	}
	return strings.Join(pairs, "&")
}

func indented(v *version, content func(w *indenter)) string {
	w := &indenter{}
	w.WriteString(strings.TrimSpace(declaration))
	w.begin(v.prefix+":Envelope", "xmlns:xsi", instance, "xmlns:xsd", "http://www.w3.org/2001/XMLSchema", "xmlns:"+v.prefix, v.namespace)
	w.begin(v.prefix + ":Body")
	content(w)
	w.end(v.prefix + ":Body")
	w.end(v.prefix + ":Envelope")
	return w.String()
}

// indenter writes XML for people.
type indenter struct {
	bytes.Buffer
	depth int
}

func (w *indenter) line() { w.WriteString("\n" + strings.Repeat("  ", w.depth)) }

func (w *indenter) begin(name string, attributes ...string) {
	w.line()
	w.depth++
	w.WriteString("<" + name)
	for i := 0; i < len(attributes); i += 2 {
		fmt.Fprintf(w, ` %s="%s"`, attributes[i], attributes[i+1])
	}
	w.WriteString(">")
}

func (w *indenter) end(name string) {
	w.depth--
	w.line()
	w.WriteString("</" + name + ">")
}

func (w *indenter) element(name, content string) {
	w.line()
	w.WriteString("<" + name + ">" + content + "</" + strings.SplitN(name, " ", 2)[0] + ">")
}

// param writes an element of a request.
func (w *indenter) param(p param) {
	switch p.list {
	case "":
		w.element(p.name, "string")
		return
	case "ArrayOfString":
		w.begin(p.name)
		w.element("string", "string")
	case "ArrayOfInt":
		w.begin(p.name)
		w.element("int", "int")
	default:
		w.begin(p.name)
		w.colorChange()
	}
	w.end(p.name)
}

func (w *indenter) colorChange() {
	w.begin("ColorChangeRequest")
	w.begin("colorChangeRequestMarkers")
	w.begin("MarkerInfo")
	for _, name := range []string{"markerX", "markerY", "swatchImageURL", "swatchColorCode"} {
		w.element(name, "string")
	}
	w.end("MarkerInfo")
	w.end("colorChangeRequestMarkers")
	w.element("customerImageColorID", "string")
	w.element("outputFileName", "string")
	w.end("ColorChangeRequest")
}

// members writes the elements of a type, those of an array twice.
func (w *indenter) members(t *complexType) {
	for _, m := range t.Members {
		w.member(m)
		if m.Repeats {
			w.member(m)
		}
	}
}

func (w *indenter) member(m member) {
	_, local, _ := strings.Cut(m.Type, ":")
	switch {
	case m.Money:
		w.element(m.Name+` Currency="string"`, "decimal")
	case m.Of != nil:
		w.begin(m.Name)
		w.members(m.Of)
		w.end(m.Name)
	case m.Type == "tns:ErrorCode":
		w.element(m.Name, string(rtb.NoError)+" or "+string(rtb.MissingRequiredInformation)+" or another")
	default:
		w.element(m.Name, local)
	}
}
