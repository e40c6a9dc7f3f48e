package webhook

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"mattebox"
)

// arrived returns a delivery as a receiver has it.
func arrived(s mattebox.Sending) (http.Header, string) {
	header := http.Header{}
	dialect, _ := Named(s.Delivery.Dialect)
	for name, value := range request(dialect, s, time.Now()).Header {
		header.Set(name, value) // as net/http's server would spell it
	}
	return header, string(s.Delivery.Body)
}

func TestVerifyWhatWeSend(t *testing.T) {
	header, body := arrived(sending("http://h/", "the customer's", "the partner's"))
	for secret, want := range map[string]string{
		"the customer's": "X-RTB-CUSTOMER-HMAC-SHA256 HTTP_X_RTB_CUSTOMER_HMAC_SHA256 webhook-signature",
		"the partner's":  "X-RTB-PARTNER-HMAC-SHA256 HTTP_X_RTB_PARTNER_HMAC_SHA256 webhook-signature",
		"another":        "",
	} {
		report := Verify(secret, header, []byte(body))
		var valid []string
		for _, c := range report.Headers {
			if !c.Present || c.Note == "" {
				t.Errorf("check %+v", c)
			}
			if c.Valid {
				valid = append(valid, c.Name)
			}
		}
		if got := strings.Join(valid, " "); got != want || report.Valid != (want != "") || (report.Advice == nil) != report.Valid {
			t.Errorf("%s: valid %q, want %q; advice %q", secret, got, want, report.Advice)
		}
	}
}

// During a rotation the dialect's own header holds with the newest secret, Standard
// Webhooks' with both.
func TestVerifyEveryDialect(t *testing.T) {
	for _, c := range []struct {
		dialect, secret, want string
	}{
		{DialectHWR, "new", "X-HWR-SIGNATURE webhook-signature"},
		{DialectHWR, "old", "webhook-signature"},
		{DialectHWR, "another", ""},
		{DialectVideo, "new", "X-Webhook-Signature webhook-signature"},
		{DialectVideo, "old", "webhook-signature"},
		{DialectVideo, "another", ""},
	} {
		header, body := arrived(sample(t, c.dialect, "", "https://h/", "new", "old"))
		report := Verify(c.secret, header, []byte(body))
		var valid []string
		for _, check := range report.Headers {
			if check.Valid {
				valid = append(valid, check.Name)
			}
		}
		if got := strings.Join(valid, " "); got != c.want || report.Dialect != c.dialect || len(report.Headers) != 2 || report.Valid != (c.want != "") {
			t.Errorf("%s with %s: %+v, want %s", c.dialect, c.secret, report, c.want)
		}
	}
}

func TestVerifyInCGISpelling(t *testing.T) {
	for _, s := range []mattebox.Sending{
		sending("http://h/", "secret", ""), sample(t, DialectHWR, "", "https://h/", "secret"), sample(t, DialectVideo, "", "https://h/", "secret"),
	} {
		header, body := arrived(s)
		cgi := http.Header{"CONTENT_LENGTH": {"1"}, "SERVER_NAME": {"x"}}
		for name, values := range header {
			cgi["HTTP_"+plainName(name)] = values
		}
		report := Verify("secret", cgi, []byte(body))
		for _, c := range report.Headers {
			if !c.Valid {
				t.Errorf("%s: %+v does not hold", s.Delivery.Dialect, c)
			}
		}
	}
}

func TestVerifyAdvice(t *testing.T) {
	const secret = "44979dfe-5aa7-44ea-b3dd-7fae33bc37e9"
	s := sending("http://h/", secret, "")
	_, body := arrived(s)
	narrow, broad := base64MAC([]byte(secret), s.Delivery.Body), base64MAC(wide(secret), s.Delivery.Body)
	raw, _ := base64.StdEncoding.DecodeString(narrow)
	if !strings.Contains(narrow, "+") || !strings.Contains(narrow, "/") {
		t.Fatalf("the signature %s has nothing that can be lost", narrow)
	}
	one := func(name, value string) http.Header { return http.Header{name: {value}} }
	right := one(headerCustomer, narrow)
	with := func(name, value string) http.Header {
		return http.Header{headerCustomer: {narrow}, name: {value}}
	}
	for _, c := range []struct {
		name, secret string
		header       http.Header
		body, advice string
	}{
		{"no headers", secret, http.Header{"Content-Type": {"x"}}, body, "none of the signing headers"},
		{"wide in the narrow header", secret, one(headerCustomer, broad), body, "UTF-16LE"},
		{"narrow in the wide header", secret, one(headerCustomerWide, narrow), body, "holds with the secret as UTF-8"},
		{"quoted header", secret, one(headerCustomer, `"`+narrow+`"`), body, "white space or quotes"},
		{"header without padding", secret, one(headerCustomer, strings.TrimRight(narrow, "=")), body, "padding"},
		{"header decoded as a form", secret, one(headerCustomer, strings.ReplaceAll(narrow, "+", " ")), body, "+ turned into a space"},
		{"hexadecimal header", secret, one(headerCustomer, hex.EncodeToString(raw)), body, "hexadecimal"},
		{"base64url header", secret, one(headerCustomer, base64.URLEncoding.EncodeToString(raw)), body, "base64url"},
		{"not a signature", secret, one(headerCustomer, "sha256=xyz"), body, "is not a signature"},
		{"secret with a line break", secret + "\n", right, body, "secret was given with white space"},
		{"secret in upper case", strings.ToUpper(secret), right, body, "upper case"},
		{"secret in braces", "{" + secret + "}", right, body, "quotes or braces"},
		{"another secret", "85979dfe-5aa7-44ea-b3dd-7fae33bc37e9", right, body, "another account's"},
		{"body with a line break", secret, right, body + "\n", "line break behind it"},
		{"body with a mark", secret, right, "\ufeff" + body, "byte order mark"},
		{"body in white space", secret, right, "  " + body + "\t", "white space around it"},
		{"body in another order", secret, right, reordered(body), "encoded anew"},
		{"body with %20", secret, right, strings.ReplaceAll(body, "+", "%20"), "encoded anew"},
		{"body with lower-case escapes", secret, right, strings.ReplaceAll(body, "%3A%2F", "%3a%2f"), "encoded anew"},
		{"body as JSON", secret, right, `{"imageTicket":"33979dfe-5ea7-44ea-b3dd-7fde33bc37e9","templateId":2000045,"customerImageId":"blue + äöü & Co",` +
			`"processedImageURL":"https://files.example.test/1000003/2000000/final/my%20image.jpg?sig=1.x"}`, "encoded anew"},
		{"body altered", secret, right, strings.Replace(body, "33979dfe", "43979dfe", 1), "altered"},
		{"body cut", secret, with("Content-Length", "1000"), body[:50], "Content-Length says 1000"},
		{"no body", secret, right, "", "body is empty"},
		{"a huge body", secret, right, strings.Repeat("x", 1<<20), "not what was sent"},
		{"two faults", secret + " ", right, body + "\r\n", "line break behind it that was not sent; the secret was given with white space"},
	} {
		report := Verify(c.secret, c.header, []byte(c.body))
		advice := strings.Join(report.Advice, "; ")
		if report.Valid || !strings.Contains(advice, c.advice) {
			t.Errorf("%s: valid %v, advice %q, want %q", c.name, report.Valid, advice, c.advice)
		}
	}
}

// The advice for JSON bodies, and for headers in hexadecimal.
func TestVerifyAdviceJSON(t *testing.T) {
	const secret = "44979dfe-5aa7-44ea-b3dd-7fae33bc37e9"
	s := sample(t, DialectHWR, mattebox.EventImageRejected, "https://h/", secret)
	hwr := HWR().Sign(s, time.Time{})[headerHWR]
	digest, _ := hex.DecodeString(hwr)
	body := string(s.Delivery.Body)
	v := sample(t, DialectVideo, "", "https://h/", secret)
	at := time.Date(2026, 4, 20, 10, 0, 0, 0, time.UTC)
	video := Video().Sign(v, at)
	stamped := func(name, value string) http.Header {
		return http.Header{"X-Webhook-Timestamp": {video[headerVideoTimestamp]}, name: {value}}
	}
	one := func(name, value string) http.Header { return http.Header{name: {value}} }
	indented := func(body []byte) string {
		var b bytes.Buffer
		_ = json.Indent(&b, body, "", "  ")
		return b.String()
	}
	for _, c := range []struct {
		name, secret string
		header       http.Header
		body, advice string
	}{
		{"with the video's prefix", secret, one(headerHWR, "sha256="+hwr), body, "that the one we send does not have"},
		{"base64 of it", secret, one(headerHWR, base64.StdEncoding.EncodeToString(digest)), body, "in base64"},
		{"quoted", secret, one(headerHWR, `"`+hwr+`"`), body, "white space or quotes"},
		{"not a signature", secret, one(headerHWR, "v1,x"), body, "is not a signature: it must be 32 bytes in hexadecimal"},
		{"as UTF-16LE", secret, one(headerHWR, hex.EncodeToString(mac(wide(secret), s.Delivery.Body))), body, "as UTF-16LE, but the one we send"},
		{"as libraries have it", "whsec_" + base64.StdEncoding.EncodeToString([]byte(secret)), one(headerHWR, hwr), body, "libraries of Standard Webhooks"},
		{"another secret", "x", one(headerHWR, hwr), body, "developer secret of the endpoint"},
		{"body indented", secret, one(headerHWR, hwr), indented(s.Delivery.Body), "encoded anew"},
		{"body escaped", secret, one(headerHWR, hwr), strings.ReplaceAll(body, "a", `\u0061`), "encoded anew"},
		{"body in another order", secret, one(headerHWR, hwr), `{"data":` + strings.TrimSuffix(strings.SplitN(body, `"data":`, 2)[1], "}") + `,"event":"image.rejected"}`, "encoded anew"},
		{"body altered", secret, one(headerHWR, hwr), strings.Replace(body, "laces", "loops", 1), "altered"},
		{"body of another event", secret, one(headerHWR, hwr), `{"event":"x.y","data":{}}`, "not what was sent"},
		{"video without its prefix", secret, stamped(headerVideoSignature, strings.TrimPrefix(video[headerVideoSignature], "sha256=")), string(v.Delivery.Body), "lost the sha256="},
		{"video without its time", secret, one(headerVideoSignature, video[headerVideoSignature]), string(v.Delivery.Body), "X-Webhook-Timestamp is not there"},
		{"video's body indented", secret, stamped(headerVideoSignature, video[headerVideoSignature]), indented(v.Delivery.Body), "encoded anew"},
		{"video with another secret", "x", stamped(headerVideoSignature, video[headerVideoSignature]), string(v.Delivery.Body), "account's application secret signs"},
		{"Standard Webhooks alone", secret, one(headerSignature, "v1,x"), body, "webhook-id is not there"},
	} {
		report := Verify(c.secret, c.header, []byte(c.body))
		advice := strings.Join(report.Advice, "; ")
		if report.Valid || !strings.Contains(advice, c.advice) {
			t.Errorf("%s: valid %v, advice %q, want %q", c.name, report.Valid, advice, c.advice)
		}
	}
}

// reordered returns the form's fields the other way round.
func reordered(body string) string {
	fields := strings.Split(body, "&")
	return strings.Join([]string{fields[3], fields[2], fields[1], fields[0]}, "&")
}

func FuzzVerify(f *testing.F) {
	f.Add("secret", headerCustomer, "6jJT0GH38DgqcFFnlT53J3qg8aCXlPqiyCnbmxymHDk=", []byte(vectorBody))
	f.Add("", headerSignature, "v1,AAAA v1a,x", []byte(`{"imageTicket":[1e999]}`))
	f.Add("\xff", "HTTP_HTTP_X_RTB_PARTNER_HMAC_SHA256", "  ", []byte("imageTicket=%zz"))
	f.Add("s", headerHWR, "636bdfa10c10d8b26e7932f50d6dd977032e511f7f5ac755d65022afca0394f1", []byte(`{"event":"image.finished","data":{"statusId":1e99}}`))
	f.Add("s", "HTTP_X_WEBHOOK_SIGNATURE", "sha256=00", []byte(`{"event":"job.failed","data":null}`))
	f.Fuzz(func(t *testing.T, secret, name, value string, body []byte) {
		report := Verify(secret, http.Header{name: {value}}, body)
		if len(report.Headers) == 0 || report.Valid == (len(report.Advice) > 0) {
			t.Errorf("Verify(%q, %q: %q, %q) = %+v", secret, name, value, body, report)
		}
	})
}
