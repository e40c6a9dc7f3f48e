package e2e

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"mattebox/internal/servicetest"
)

// refusedHosts stand for the classes of addresses that webhooks.md lists. Of
// 127.0.0.0/8 the tests' own servers are allowed, so loopback is ::1 here.
func refusedHosts() []string {
	return []string{
		"10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "192.0.0.1", "192.0.2.1",
		"198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
		"[::1]", "[::]", "[fe80::1]", "[fc00::1]", "[ff02::1]", "[2001:db8::1]", "[::ffff:10.0.0.1]", "[::10.0.0.1]",
		"[64:ff9b::a00:1]", "[64:ff9b:1::a00:1]", "[2002:a00:1::1]", "[2001:0:a00:1::1]", "[fe80::1%25eth0]", "[100::1]",
		"0x0a.0.0.1", "012.0.0.1", "167772161", "10.1", "8.8.8.8:22", "unheard-of.invalid:22",
	}
}

// hostileAddresses gives POST Image and POST Template addresses that must not be
// called: refused at once or, where only the call tells, never connected to.
func hostileAddresses(t *testing.T, h *house) {
	c := h.customer(t)
	var later []string
	for _, host := range refusedHosts() {
		address := "http://" + host + "/a.jpg"
		a := c.try(http.MethodPost, "Image", fields{"imageURL": address})
		switch a.ErrorCode {
		case "NoError":
			later = append(later, a.ImageTicket)
		case "InvalidParameter":
		default:
			t.Errorf("a source at %s is answered with %s", address, a.ErrorCode)
		}
		for _, f := range []fields{{"imageURL": h.small(), "imageCallbackURL": address}} {
			if a := c.try(http.MethodPost, "Image", f); a.ErrorCode == "NoError" && isLiteral(host) {
				t.Errorf("the callback %s was accepted", address)
			}
		}
	}
	for _, address := range []string{
		"ftp://example.com/a.jpg", "file:///etc/passwd", "gopher://example.com/", "http://user:pass@example.com/",
		"http:///a.jpg", "//example.com/a.jpg", "http://example.com:99999/", "data:image/png;base64,AA",
		"http://" + strings.Repeat("a", 2100) + ".example/",
	} {
		for _, field := range []string{"imageURL", "imageURL3", "imageCallbackURL"} {
			c.refused("InvalidParameter", http.MethodPost, "Image", fields{"imageURL": h.small(), field: address})
		}
	}
	// Our own listener is refused, although its network is allowed.
	a := c.try(http.MethodPost, "Image", fields{"imageURL": h.URL + "/livez"})
	if a.ErrorCode == "NoError" {
		later = append(later, a.ImageTicket)
	}
	for _, ticket := range later {
		c.wait(ticket, 12)
	}
}

// isLiteral reports whether the text alone is an address, in the form of RFC 3986.
func isLiteral(host string) bool {
	return strings.HasPrefix(host, "[") || strings.Count(host, ".") == 3 && !strings.HasPrefix(host, "0")
}

// hostileSources serves the downloader what it has to refuse, and to survive.
func hostileSources(t *testing.T, h *house) {
	c := h.customer(t)
	p := h.pictures
	photo, err := p.File("320/coffee.jpg")
	if err != nil {
		t.Fatal(err)
	}
	inside := p.Handle("never.jpg", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(photo) })
	text := func(body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }
	}
	bad := map[string]http.HandlerFunc{
		"404":      http.NotFound,
		"500":      servicetest.Status(http.StatusInternalServerError),
		"empty":    servicetest.Status(http.StatusOK),
		"html":     text("<html><body>" + strings.Repeat("log in first ", 100)),
		"svg":      text(`<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>`),
		"pdf":      text("%PDF-1.4\n" + strings.Repeat("%", 1000)),
		"playlist": text("#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n"),
		"private":  servicetest.Redirect("http://10.0.0.1/a.jpg"),
		"metadata": servicetest.Redirect("http://169.254.169.254/latest/meta-data/"),
		"loopback": servicetest.Redirect(strings.Replace(inside, "127.0.0.1", "[::1]", 1)),
		"file":     servicetest.Redirect("file:///etc/passwd"),
		"loop":     servicetest.Redirect(p.At("sources/loop")),
		"bomb":     text(string(bomb(photo))),
		"cut":      cutOff(photo),
		"half":     text(string(photo[:len(photo)/8])),
	}
	tickets := map[string]string{}
	for name, handler := range bad {
		tickets[name] = c.order(fields{"imageURL": p.Handle("sources/"+name, handler), "customerImageId": name})
	}
	for name, ticket := range tickets {
		s := c.wait(ticket, 12, 66, 70, 80, 90)
		if s.StatusId != 12 && s.StatusId != 90 {
			t.Errorf("a source that is %s came to %d", name, s.StatusId)
		}
	}
	if n := p.Asked("never.jpg"); n != 0 {
		t.Errorf("the redirect to ::1 was followed %d times", n)
	}
	// Redirects within the rules are followed.
	good := p.Handle("sources/good", servicetest.Redirect(p.At("sources/good2")))
	p.Handle("sources/good2", servicetest.Redirect(h.small()))
	template := c.template(fields{"backgroundType": "0", "templateOutputFormat": "JPG"})
	c.finished(fields{"imageURL": good, "templateId": template})
}

// bomb returns a JPEG that says it has 65,000 x 65,000 pixels.
func bomb(photo []byte) []byte {
	b := bytes.Clone(photo)
	for i := 2; i+9 < len(b); i += 2 + int(b[i+2])<<8 + int(b[i+3]) {
		if b[i] == 0xff && (b[i+1] == 0xc0 || b[i+1] == 0xc2) {
			copy(b[i+5:], []byte{0xfd, 0xe8, 0xfd, 0xe8})
			break
		}
	}
	return b
}

// cutOff promises the whole photograph and breaks the connection half-way.
func cutOff(photo []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", fmt.Sprint(len(photo)))
		_, _ = w.Write(photo[:len(photo)/2])
		panic(http.ErrAbortHandler)
	}
}

// slowSources has sources that never end, and looks that others do not wait for
// them.
func slowSources(t *testing.T, h *house) {
	slow, c := h.customer(t), h.customer(t)
	for i := range 4 {
		slow.order(fields{"imageURL": h.pictures.Handle(fmt.Sprintf("slow/%d", i), servicetest.Drip(time.Second))})
	}
	template := c.template(fields{"backgroundType": "0", "templateOutputFormat": "JPG"})
	c.finished(fields{"templateId": template})
}
