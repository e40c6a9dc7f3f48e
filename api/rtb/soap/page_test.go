package soap

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"mattebox/api/rtb"
)

// The list leads to a page for each operation, which has samples and a form.
func TestPages(t *testing.T) {
	h := newHouse(t)
	operations, _ := table(t)
	list := h.page("/soap.asmx", 200)
	if !strings.Contains(list, `href="/soap.asmx?WSDL"`) || !strings.Contains(list, "https://images.example.com/soap.asmx") {
		t.Error("the list lacks the WSDL or the address")
	}
	for _, o := range operations {
		if !strings.Contains(list, `<a href="/soap.asmx?op=`+o.Name+`">`) {
			t.Errorf("the list lacks %s", o.Name)
		}
		page := h.page("/soap.asmx?op="+o.Name, 200)
		if !strings.Contains(page, `action="/soap.asmx/`+o.Name+`"`) {
			t.Errorf("%s has no form", o.Name)
		}
		for _, p := range o.params {
			if p.list == "" && !strings.Contains(page, `name="`+p.name+`"`) {
				t.Errorf("the form of %s lacks %s", o.Name, p.name)
			}
		}
	}
	h.page("/soap.asmx?OP=gettemplates", 200)
	if page := h.page("/soap.asmx?op="+url.QueryEscape("<script>alert(1)</script>"), 404); strings.Contains(page, "<script") {
		t.Errorf("the name is not escaped: %s", page)
	}
}

// page returns a page, which has to keep everything out that is not its own.
func (h *house) page(path string, status int) string {
	h.Helper()
	answer := h.send("GET", path, "")
	if answer.status != status || answer.header.Get("Content-Type") != "text/html; charset=utf-8" {
		h.Errorf("%s: %d %s", path, answer.status, answer.header)
	}
	if !strings.HasPrefix(answer.header.Get("Content-Security-Policy"), "default-src 'none'; style-src 'sha256-") {
		h.Errorf("%s: policy %q", path, answer.header.Get("Content-Security-Policy"))
	}
	if strings.Contains(answer.body, "<script") || strings.Contains(answer.body, " src=") {
		h.Errorf("%s loads something", path)
	}
	return answer.body
}

// The samples can be sent as they stand: no operation knows an account "string", but all
// of them read the message. The answers are what is announced.
func TestSamplesWork(t *testing.T) {
	h := newHouse(t)
	operations, _ := table(t)
	address := &url.URL{Scheme: "http", Host: "x", Path: "/soap.asmx"}
	for _, o := range operations {
		all := (&handler{}).samplesOf(o, address)
		if len(all) != 3 {
			t.Fatalf("%s has %d samples", o.Name, len(all))
		}
		for _, s := range all {
			head, body, _ := strings.Cut(s.Request, "\n\n")
			var headers []string
			path := strings.Fields(head)[1]
			for _, line := range strings.Split(head, "\n")[2:] {
				if name, value, _ := strings.Cut(line, ": "); name != "Content-Length" {
					headers = append(headers, name, value)
				}
			}
			answer := h.send("POST", path, body, headers...)
			if answer.status != 200 || !strings.Contains(answer.body, "<ErrorCode>AuthenticationFailed</ErrorCode>") {
				t.Errorf("%s, %s: %d %s", o.Name, s.Title, answer.status, answer.body)
			}
			_, sample, _ := strings.Cut(s.Response, "\n\n")
			message, _ := decode([]byte(sample), "")
			if _, refused := parse(message); refused != nil {
				t.Errorf("%s, %s: %s", o.Name, s.Title, refused.reason)
			}
		}
	}
}

// A public address may have a path, below which everything is.
func TestPagesBelowAPath(t *testing.T) {
	binding, err := New(Config{Operations: rtb.NewService(rtb.Config{}).Operations(), Public: "https://example.com/images/"})
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"/soap.asmx?wsdl":               `location="https://example.com/images/soap.asmx"`,
		"/soap.asmx":                    `href="/images/soap.asmx?op=AddContact"`,
		"/soap.asmx?op=AddImageToQueue": `action="/images/soap.asmx/AddImageToQueue"`,
	} {
		w := httptest.NewRecorder()
		binding.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s lacks %s", path, want)
		}
	}
	if _, err := New(Config{Public: "http://[x"}); err == nil {
		t.Error("an address that is none was taken")
	}
}
