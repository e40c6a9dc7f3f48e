package safehttp

import (
	"errors"
	"strings"
	"testing"

	"mattebox"
)

func TestCheckURL(t *testing.T) {
	const unreadable, noHost, noScheme, user = "cannot be read", "neither a name nor an IP address", "must begin with", "user name"
	label, long := strings.Repeat("a", 63), "http://h.example/"+strings.Repeat("a", MaxURL-17)
	for _, c := range []struct{ url, refusal string }{
		{"http://www.mydomain.com/myimage.jpg", ""},
		{"https://example.com", ""},
		{"HTTP://EXAMPLE.COM/", ""},
		{"http://example.com.:8080/a b?q=ü x#part", ""},
		{"https://bücher.example/ä.jpg", ""},
		{"https://xn--bcher-kva.example/", ""},
		{"http://under_score.example:8443/", ""},
		{"http://intranet/", ""},
		{"http://127.0.0.1.example.com/", ""},
		{"http://8.8.8.8/", ""},
		{"http://[2606:4700:4700::1111]/", ""},
		{"http://example.com:/", ""},
		{"http://" + label + ".example/", ""},
		{long, ""},

		{"", noScheme}, {"example.com/a.jpg", noScheme}, {"/a.jpg", noScheme}, {"//example.com/", noScheme},
		{"ftp://example.com/", noScheme}, {"file:///etc/passwd", noScheme}, {"gopher://example.com/", noScheme},
		{"javascript:alert(1)", noScheme}, {"data:image/png;base64,AAAA", noScheme},
		{"http:example.com", noHost}, {"http:///a", noHost}, {"http://", noHost}, {"http://:80/", noHost}, {`http:\\127.0.0.1\a`, noHost},
		{"http://example..com/", noHost}, {"http://.example.com/", noHost}, {"http://example.com../", noHost},
		{"http://exa*mple.com/", noHost}, {"http://exa'mple.com/", noHost}, {"http://a" + label + ".example/", noHost},
		{"http://" + strings.Repeat(label+".", 4) + "example/", noHost},
		{" http://example.com/", unreadable}, {"http://exa mple.com/", unreadable}, {"http://example.com/\n", unreadable},
		{"http://%31%32%37.0.0.1/", unreadable}, {"http://[::1/", unreadable}, {"http://example.com:80:80/", unreadable}, {"http://example.com:x/", unreadable},
		{long + "a", "at most 2048"}, {"http://example.com/\xff", "UTF-8"},
		{"http://user@example.com/", user}, {"http://user:pw@example.com/", user}, {"http://example.com:80@127.0.0.1/", user}, {"http://@example.com/", user},
		{"http://example.com:0/", "between 1 and 65535"}, {"http://example.com:65536/", "between 1 and 65535"},

		{"http://example.com:22/", blockedText}, {"https://example.com:9000/", blockedText},
		{"http://localhost/", blockedText}, {"http://localhost./", blockedText}, {"http://LOCALHOST:8080/", blockedText}, {"http://a.localhost/", blockedText},
		{"http://127.0.0.1/", blockedText}, {"http://127.0.0.1./", blockedText}, {"http://0.0.0.0/", blockedText}, {"http://10.0.0.1:8080/", blockedText},
		{"http://169.254.169.254/latest/meta-data/", blockedText}, {"http://100.64.0.1/", blockedText}, {"http://203.0.113.7/", blockedText},
		{"http://[::]/", blockedText}, {"http://[::1]/", blockedText}, {"http://[::ffff:127.0.0.1]/", blockedText}, {"http://[64:ff9b::7f00:1]/", blockedText},
		{"http://[2002:7f00:1::]/", blockedText}, {"http://[fd00:ec2::254]/", blockedText}, {"http://[::FFFF:7F00:1]/", blockedText},
		{"http://[fe80::1%25eth0]/", noHost}, {"http://[::1%25]/", unreadable}, {"http://[2606:4700:4700::1111%25x]/", noHost}, {"http://[v1.x]/", unreadable},

		// Spellings that some resolver reads as 127.0.0.1.
		{"http://2130706433/", noHost}, {"http://0x7f000001/", noHost}, {"http://0x7f.1/", noHost}, {"http://0177.0.0.1/", noHost},
		{"http://127.1/", noHost}, {"http://127.0.1/", noHost}, {"http://0/", noHost}, {"http://0x/", noHost}, {"http://127.0.0.01/", noHost}, {"http://017700000001/", noHost},
		{"http://127.0.0.1.1/", noHost}, {"http://256.256.256.256/", noHost}, {"http://1.2.3.0X7F/", noHost},
		{"http://１２７.0.0.1/", noHost}, {"http://127。0。0。1/", noHost}, {"http://ⓛocalhost/", noHost},
	} {
		err := New(Config{}).CheckURL(c.url)
		if c.refusal == "" {
			if err != nil {
				t.Errorf("CheckURL(%q) = %v", c.url, err)
			}
			continue
		}
		var e *mattebox.Error
		if !errors.As(err, &e) || e.Code != mattebox.CodeInvalid || e.Field != "" || !strings.Contains(e.Message, c.refusal) {
			t.Errorf("CheckURL(%q) = %v, want invalid with %q", c.url, err, c.refusal)
		}
	}
}

func TestCheckURLAllowed(t *testing.T) {
	for _, c := range []struct {
		url string
		ok  bool
	}{
		{"http://127.0.0.1:40000/", true},
		{"http://localhost:40000/", true},    // what it is shows when it is called
		{"http://example.com:40000/", true},  // may lie in the allowed network
		{"http://8.8.8.8:40000/", false},     // does not
		{"http://127.0.0.2:40000/", false},   // not this one
		{"http://169.254.169.254/", false},   // nor this
		{"http://example.com:9/", true},      // a port from the list
		{"http://93.184.216.34:9000/", true}, // likewise
	} {
		client := New(Config{Allow: prefixes("127.0.0.1/32"), Ports: []uint16{9, 9000}})
		if err := client.CheckURL(c.url); (err == nil) != c.ok {
			t.Errorf("CheckURL(%q) = %v, want ok %v", c.url, err, c.ok)
		}
	}
}

func TestParseNormalises(t *testing.T) {
	for text, want := range map[string]string{
		"HTTPS://Example.COM:443/A?b#c":        "https://example.com/A?b",
		"http://example.com:0080":              "http://example.com",
		"http://[2606:4700:4700::1111]:80/":    "http://[2606:4700:4700::1111]/",
		"http://example.com/a b/ü?x= y\"ä\"":   "http://example.com/a%20b/%C3%BC?x=%20y%22%C3%A4%22",
		"http://example.com/?a=%20+b&c=d;e":    "http://example.com/?a=%20+b&c=d;e",
		"http://example.com:8080/?u=http://h/": "http://example.com:8080/?u=http://h/",
	} {
		u, refused := newGuard(Config{}).parse(text)
		if refused != nil || u.String() != want {
			t.Errorf("parse(%q) = %v, %v, want %s", text, u, refused, want)
		}
	}
}

func FuzzCheckURL(f *testing.F) {
	for _, seed := range []string{
		"http://www.mydomain.com/callback-url.php", "http://[::ffff:127.0.0.1]:80/", "http://0x7f.1/", "http://a@b@c:1/", "http://[fe80::1%25eth0]/",
		"http://bücher.example:8443/?q#f", "http://%e4%be%8b.example/", "https://h:443\\@e/", "http://h/%zz", "http://h?a b",
	} {
		f.Add(seed)
	}
	g := newGuard(Config{})
	f.Fuzz(func(t *testing.T, text string) {
		u, refused := g.parse(text)
		if refused != nil {
			if refused.Message == "" {
				t.Errorf("parse(%q) refuses without a reason", text)
			}
			return
		}
		if u.User != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || strings.ContainsAny(u.String(), " \t\r\n\x00") {
			t.Errorf("parse(%q) = %q", text, u)
		}
		again, refused := g.parse(u.String())
		if len(u.String()) <= MaxURL && (refused != nil || again.String() != u.String()) {
			t.Errorf("parse(%q) = %q, and that = %v, %v", text, u, again, refused)
		}
	})
}
