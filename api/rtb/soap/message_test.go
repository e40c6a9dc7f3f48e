package soap

import (
	"encoding/binary"
	"errors"
	"strings"
	"testing"
	"unicode/utf16"

	"mattebox"
)

const (
	type11 = "text/xml; charset=utf-8"
	type12 = "application/soap+xml; charset=utf-8"
)

// Both versions, the action wherever it is, names with prefixes of all kinds, and what
// clients write in between.
func TestMessages(t *testing.T) {
	h := newHouse(t)
	h.image(nil)
	const ok = "<ImagesCount>1</ImagesCount>"
	count := `<q:CountImages xmlns:q="http://removethebackground.com/"><q:contactEmail>john @ EXAMPLE.com</q:contactEmail><q:contactAPIkey>` + h.secrets.APIKey + `</q:contactAPIkey></q:CountImages>`
	plain := request(soap11(), "CountImages", h.with(nil))
	plain12 := request(soap12(), "CountImages", h.with(nil))
	for _, tt := range []struct{ name, body, kind, action string }{
		{"1.1", plain, type11, `"http://removethebackground.com/CountImages"`},
		{"action without quotes", plain, type11, "http://removethebackground.com/CountImages"},
		{"empty action", plain, type11, `""`},
		{"no action", plain, type11, ""},
		{"1.2", plain12, type12, ""},
		{"1.2 with action", plain12, type12 + `; action="http://removethebackground.com/CountImages"`, ""},
		{"1.2 with a bare action", plain12, type12 + `; action=http://removethebackground.com/CountImages`, ""},
		{"1.2 with SOAPAction", plain12, type12, `"http://removethebackground.com/CountImages"`},
		{"1.2 as text/xml", plain12, type11, ""},
		{"1.1 as application/soap+xml", plain, type12, ""},
		{"application/xml", plain, "application/xml", ""},
		{"upper case", plain, `TEXT/XML; Charset="UTF-8"`, ""},
		{"declaration and comments", `<?xml version="1.0" encoding="utf-8" standalone='yes'?><!-- a --> ` + plain + "\n<!-- b -->\n", type11, ""},
		{"byte order mark", "\ufeff" + plain, type11, ""},
		{"prefixes", enveloping(soap11(), "", count), type11, ""},
		{"single quotes", strings.ReplaceAll(plain, `"`, "'"), type11, ""},
		{"no namespace at all", strings.Replace(plain, ` xmlns="`+ours+`"`, "", 1), type11, ""},
		{"children without namespace", strings.NewReplacer("q:contact", "contact").Replace(enveloping(soap11(), "", count)), type11, ""},
		{"headers", enveloping(soap11(), `<s:Security xmlns:s="urn:s" e:mustUnderstand="0"><s:User>x</s:User></s:Security><t xmlns="urn:t" e:mustUnderstand="1" e:actor="http://else.example.com/"/>`, count), type11, ""},
		{"headers of 1.2", enveloping(soap12(), `<t xmlns="urn:t" e:mustUnderstand="true" e:role="http://www.w3.org/2003/05/soap-envelope/role/none"/>`, count), type12, ""},
		{"an element after the body", strings.Replace(plain, "</e:Envelope>", `<x xmlns="urn:x"/></e:Envelope>`, 1), type11, ""},
		{"unknown elements", strings.Replace(plain, "</CountImages>", `<later>1</later><fromDate xmlns="urn:other">x</fromDate></CountImages>`, 1), type11, ""},
		{"nil", strings.Replace(plain, "</CountImages>", `<fromDate xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/><toDate/></CountImages>`, 1), type11, ""},
		{"types", strings.Replace(plain, "</CountImages>", `<imageStatus xmlns:i="http://www.w3.org/2001/XMLSchema-instance" xmlns:s="http://www.w3.org/2001/XMLSchema" i:type="s:string">10</imageStatus></CountImages>`, 1), type11, ""},
		{"CDATA", strings.Replace(plain, h.secrets.APIKey, "<![CDATA["+h.secrets.APIKey+"]]>", 1), type11, ""},
		{"character references", strings.Replace(plain, "john@", "&#106;&#x6f;hn&#64;", 1), type11, ""},
		{"UTF-16LE with a mark", inUTF16("\ufeff"+`<?xml version="1.0" encoding="utf-16"?>`+plain, binary.LittleEndian), "text/xml; charset=utf-16", ""},
		{"UTF-16BE with a mark", inUTF16("\ufeff"+plain, binary.BigEndian), "text/xml", ""},
		{"UTF-16LE without a mark", inUTF16(`<?xml version="1.0" encoding="UTF-16"?>`+plain, binary.LittleEndian), "text/xml", ""},
		{"UTF-16BE without a mark", inUTF16(plain, binary.BigEndian), "application/xml; charset=utf-16be", ""},
		{"a charset beats the declaration", `<?xml version="1.0" encoding="utf-16"?>` + plain, type11, ""},
		{"ASCII", `<?xml version="1.0" encoding="us-ascii"?>` + plain, "text/xml; charset=us-ascii", ""},
	} {
		headers := []string{"Content-Type", tt.kind}
		if tt.action != "" {
			headers = append(headers, "SOAPAction", tt.action)
		}
		answer := h.send("POST", "/soap.asmx", tt.body, headers...)
		if answer.status != 200 || !strings.Contains(answer.body, ok) {
			t.Errorf("%s: %d %s", tt.name, answer.status, answer.body)
		}
		if v := versionOf(tt.body); !strings.HasPrefix(answer.header.Get("Content-Type"), v.mediaType+";") || !strings.Contains(answer.body, v.namespace) {
			t.Errorf("%s is answered as %s: %s", tt.name, answer.header.Get("Content-Type"), answer.body)
		}
	}
}

// versionOf returns the version that a message is sent in.
func versionOf(body string) *version {
	if strings.Contains(strings.ReplaceAll(body, "\x00", ""), envelope12) {
		return soap12()
	}
	return soap11()
}

// enveloping returns a message with headers and a body.
func enveloping(v *version, headers, body string) string {
	return `<e:Envelope xmlns:e="` + v.namespace + `"><e:Header>` + headers + `</e:Header><e:Body>` + body + `</e:Body></e:Envelope>`
}

func inUTF16(text string, order binary.AppendByteOrder) string {
	var out []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		out = order.AppendUint16(out, unit)
	}
	return string(out)
}

// Messages that are at fault, in both versions.
func TestFaults(t *testing.T) {
	h := newHouse(t)
	for _, v := range []*version{soap11(), soap12()} {
		good := request(v, "CountImages", h.with(nil))
		header := func(attributes string) string {
			return strings.Replace(enveloping(v, `<t:Turn xmlns:t="urn:t" `+attributes+`/>`, ""), "<e:Body></e:Body>", good[strings.Index(good, "<e:Body>"):strings.Index(good, "</e:Envelope>")], 1)
		}
		for _, tt := range []struct{ name, body, code, says string }{
			{"no XML", "contactEmail=x", v.sender, "not XML"},
			{"nothing", "", v.sender, "empty"},
			{"half", good[:len(good)-9], v.sender, "not XML"},
			{"crossed", strings.Replace(good, "</CountImages></e:Body>", "</e:Body></CountImages>", 1), v.sender, "closes nothing"},
			{"no envelope", "<x/>", v.sender, "not a SOAP envelope"},
			{"another envelope", strings.Replace(good, v.namespace, "http://schemas.example.com/soap/", 1), "VersionMismatch", "SOAP 1.2"},
			{"no body", strings.ReplaceAll(good, "e:Body", "e:Content"), v.sender, "no body"},
			{"empty body", enveloping(v, "", ""), v.sender, "holds 0"},
			{"two operations", enveloping(v, "", "<a/><b/>"), v.sender, "holds 2"},
			{"unknown operation", request(v, "Count", nil), v.sender, "no operation"},
			{"operation in another case", request(v, "countimages", nil), v.sender, "no operation"},
			{"another namespace", strings.Replace(good, ours, "urn:x", 1), v.sender, "no operation {urn:x}"},
			{"header for the next", header(`e:mustUnderstand="1" e:` + v.actor + `="` + v.roles[1] + `"`), "MustUnderstand", "{urn:t}Turn"},
			{"header for us", header(`e:mustUnderstand="1"`), "MustUnderstand", "{urn:t}Turn"},
			{"header, true", header(`e:mustUnderstand="true"`), "MustUnderstand", "{urn:t}Turn"},
			{"document type", `<!DOCTYPE x [<!ENTITY a "b">]>` + good, v.sender, "document type"},
			{"document type of outside", `<?xml version="1.0"?><!DOCTYPE x SYSTEM "http://127.0.0.1/x">` + good, v.sender, "document type"},
			{"entity", strings.Replace(good, h.customer.Email, "&john;", 1), v.sender, "not XML"},
			{"processing instruction", `<?php x?>` + good, v.sender, "Processing instructions"},
			{"late declaration", ` <?xml version="1.0"?>` + good, v.sender, "Processing instructions"},
			{"undeclared prefix", strings.Replace(good, "<e:Body>", "<e:Body><q:x/>", 1), v.sender, `"q" is not declared`},
			{"attribute twice", strings.Replace(good, "<e:Body>", `<e:Body a="1" a="2">`, 1), v.sender, "given twice"},
			{"attribute twice by namespace", strings.Replace(good, "<e:Body>", `<e:Body xmlns:p="urn:p" xmlns:q="urn:p" p:a="1" q:a="2">`, 1), v.sender, "given twice"},
			{"prefix twice", strings.Replace(good, "<e:Body>", `<e:Body xmlns:p="urn:p" xmlns:p="urn:q">`, 1), v.sender, "may be"},
			{"prefix xml", strings.Replace(good, "<e:Body>", `<e:Body xmlns:xml="urn:p">`, 1), v.sender, "may be"},
			{"deep", strings.Replace(good, "<e:Body>", "<e:Body>"+strings.Repeat("<a>", 100)+strings.Repeat("</a>", 100), 1), v.sender, "deeper than 32"},
			{"many elements", strings.Replace(good, "</CountImages>", strings.Repeat("<a/>", 20001)+"</CountImages>", 1), v.sender, "more than 20000"},
			{"many attributes", strings.Replace(good, "<e:Body>", "<e:Body "+strings.Repeat(`a="1" `, 65)+">", 1), v.sender, "more than 64"},
			{"large", strings.Replace(good, h.customer.Email, strings.Repeat("x", maxBody), 1), v.sender, "more than 1048576 bytes"},
			{"text after the envelope", good + "x", v.sender, "outside"},
			{"two envelopes", good + good, v.sender, "more than one element"},
			{"control character", strings.Replace(good, h.customer.Email, "\x01", 1), v.sender, "not XML"},
			{"not UTF-8", strings.Replace(good, h.customer.Email, "\xff", 1), v.sender, "not UTF-8"},
			{"half of UTF-16", "\xff\xfe<\x00e", v.sender, "UTF-16"},
			{"half a character", inUTF16("\ufeff<a>", binary.LittleEndian) + "\x00\xd8", v.sender, "UTF-16"},
			{"other declaration", `<?xml version="1.0" encoding="iso-8859-1"?>` + good, v.sender, "iso-8859-1"},
			{"wrong declaration", `<?xml version="1.0" encoding="utf-16"?>` + good, v.sender, "declaration says UTF-16"},
			{"XML 1.1", `<?xml version="1.1"?>` + good, v.sender, "not XML"},
		} {
			h.fault(v, tt.name, h.send("POST", "/soap.asmx", tt.body, "Content-Type", v.mediaType), tt.code, tt.says)
		}
		for _, tt := range []struct{ name, kind, action, says string }{
			{"unknown action", v.mediaType, ours + "Nothing", "SOAPAction"},
			{"action of elsewhere", v.mediaType, `"urn:CountImages"`, "SOAPAction"},
			{"another action", v.mediaType, ours + "GetTemplates", "the body holds CountImages"},
			{"another charset", v.mediaType + "; charset=utf-16", "", "charset says UTF-16"},
			{"unknown charset", v.mediaType + "; charset=windows-1252", "", "windows-1252"},
		} {
			h.fault(v, tt.name, h.send("POST", "/soap.asmx", good, "Content-Type", tt.kind, "SOAPAction", tt.action), v.sender, tt.says)
		}
	}
}

// fault fails unless the answer is the version's fault with the code and words.
func (h *house) fault(v *version, name string, answer reply, code, says string) {
	h.Helper()
	want := 500
	if code == "Sender" {
		want = 400
	}
	if answer.status != want || answer.header.Get("Content-Type") != v.mediaType+"; charset=utf-8" {
		h.Errorf("SOAP %s, %s: HTTP status %d, %s", v.number, name, answer.status, answer.header.Get("Content-Type"))
	}
	message, _ := decode([]byte(answer.body), "")
	root, refused := parse(message)
	if refused != nil {
		h.Fatalf("%s: %s in %s", name, refused.reason, answer.body)
	}
	e, refused := open(root)
	if refused != nil || e.version.namespace != v.namespace || e.body.Local != "Fault" || e.body.Space != v.namespace {
		h.Fatalf("%s: no fault of SOAP %s: %s", name, v.number, answer.body)
	}
	gotCode, reason := e.body.find("faultcode"), e.body.find("faultstring")
	if v.namespace == envelope12 {
		gotCode, reason = e.body.find("Code", "Value"), e.body.find("Reason", "Text")
	}
	if gotCode != v.prefix+":"+code || !strings.Contains(reason, says) {
		h.Errorf("SOAP %s, %s: %s, %s", v.number, name, gotCode, reason)
	}
}

// SOAP 1.2 tells in a header what was not understood, and which versions are.
func TestHeadersOfFaults(t *testing.T) {
	h := newHouse(t)
	body := enveloping(soap12(), `<t:Turn xmlns:t="urn:t" e:mustUnderstand="1"/><Walk e:mustUnderstand="true"/>`, "<x/>")
	answer := h.send("POST", "/soap.asmx", body, "Content-Type", type12)
	if !strings.Contains(answer.body, `<soap12:NotUnderstood qname="h1:Turn" xmlns:h1="urn:t" /><soap12:NotUnderstood qname="Walk" />`) {
		t.Error(answer.body)
	}
	answer = h.send("POST", "/soap.asmx", `<Envelope xmlns="urn:x"/>`, "Content-Type", type12)
	if !strings.Contains(answer.body, `<soap12:SupportedEnvelope qname="a:Envelope" xmlns:a="`+envelope12+`" />`) {
		t.Error(answer.body)
	}
	answer = h.send("POST", "/soap.asmx", strings.ReplaceAll(body, envelope12, envelope11), "Content-Type", type11)
	if strings.Contains(answer.body, "Header") || strings.Contains(answer.body, "detail") {
		t.Errorf("SOAP 1.1 has no such header, and no detail of headers: %s", answer.body)
	}
}

func TestOtherMediaTypes(t *testing.T) {
	h := newHouse(t)
	good := request(soap11(), "CountImages", h.with(nil))
	for _, headers := range [][]string{
		{"Content-Type", "application/json"},
		{"Content-Type", ""},
		{"Content-Type", "application/x-www-form-urlencoded"},
		{"Content-Type", `multipart/related; boundary=x; type="application/xop+xml"`},
		{"Content-Type", type11, "Content-Encoding", "gzip"},
	} {
		answer := h.send("POST", "/soap.asmx", good, headers...)
		if answer.status != 415 || !strings.Contains(answer.body, "<faultcode>soap:Client</faultcode>") {
			t.Errorf("%v: %d %s", headers, answer.status, answer.body)
		}
	}
}

// What is our fault is a fault, what passes is a result that says when to try again.
func TestOurFaults(t *testing.T) {
	h := newHouse(t)
	order := h.with(fields{"imageURL": "http://www.mydomain.com/a.jpg"})
	h.intake.err = mattebox.Errorf(mattebox.CodeUnavailable, "the queue is full")
	answer := h.ask("AddImageToQueue", order)
	if code := h.result("AddImageToQueue", answer).find("ErrorCode"); code != "ServiceUnavailable" || answer.header.Get("Retry-After") != "30" {
		t.Errorf("%s, %s", code, answer.header)
	}
	h.intake.err = errors.New("secret disk")
	for _, v := range []*version{soap11(), soap12()} {
		answer = h.send("POST", "/soap.asmx", request(v, "AddImageToQueue", order), "Content-Type", v.mediaType)
		h.fault(v, "ours", answer, v.receiver, "Something went wrong on our side")
		if strings.Contains(answer.body, "secret") {
			t.Errorf("the fault tells too much: %s", answer.body)
		}
	}
	form := h.form("AddImageToQueue", order)
	if form.status != 500 || !strings.Contains(form.body, "<ErrorCode>InternalError</ErrorCode>") {
		t.Errorf("%d %s", form.status, form.body)
	}
}
