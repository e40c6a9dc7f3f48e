package work_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"mattebox"
	"mattebox/work"
)

func nameOf(output, source string, format mattebox.Format) string {
	i := mattebox.Image{Order: mattebox.Order{OutputName: output}, Template: mattebox.Template{Format: format}}
	if source != "" {
		i.Sources = []mattebox.Source{{Position: 1, URL: source}}
	}
	return work.ResultName(&i)
}

func TestResultName(t *testing.T) {
	for _, tt := range []struct{ output, source, want string }{
		{"", "https://shop.test/a/myimage.jpg", "myimage.png"},
		{"", "https://shop.test/a/myimage.jpg?size=1&name=x.gif#y", "myimage.png"},
		{"", "https://shop.test/a/My%20red%20shoe.JPEG", "My_red_shoe.png"},
		{"", "https://shop.test/a/%E9%9E%8B.jpg", "鞋.png"},
		{"", "https://shop.test/a/v1.2", "v1.2.png"},
		{"", "https://shop.test/", "image.png"},
		{"", "https://shop.test", "image.png"},
		{"", "%zz", "image.png"},
		{"", "", "image.png"},
		{"", "https://shop.test/..%2F..%2Fetc%2Fpasswd", "passwd.png"},
		{"", "https://shop.test/.htaccess", "htaccess.png"},
		{"front", "https://shop.test/a.jpg", "front.png"},
		{"front.tif", "https://shop.test/a.jpg", "front.png"},
		{"a/b\\c.psd", "", "c.png"},
		{"--rf", "", "rf.png"},
		{"???", "https://shop.test/a.jpg", "a.png"},
		{"a\"b\r\nc;d", "", "a_b_c_d.png"},
		{"a\xffb", "", "ab.png"},
		{strings.Repeat("é", 100), "", strings.Repeat("é", 57) + ".png"},
	} {
		if got := nameOf(tt.output, tt.source, mattebox.PNG); got != tt.want {
			t.Errorf("ResultName(%q, %q) = %q, want %q", tt.output, tt.source, got, tt.want)
		}
	}
	if got := nameOf("a.png", "", mattebox.JPEG); got != "a.jpeg" {
		t.Errorf("as JPEG: %q", got)
	}
}

func FuzzResultName(f *testing.F) {
	for _, seed := range []string{"a.jpg", "..", "a/../b", "\x00", "%2e%2e", "CON", strings.Repeat("界", 80), "a\u0301", "\u202egnp.exe"} {
		f.Add(seed, "https://shop.test/"+seed)
		f.Add("", seed)
	}
	f.Fuzz(func(t *testing.T, output, source string) {
		name := nameOf(output, source, mattebox.JPEG)
		if !utf8.ValidString(name) || len(name) > 120 || len(name) < len("a.jpeg") || !strings.HasSuffix(name, ".jpeg") ||
			strings.ContainsAny(name, "/\\\"'<>|?*:; \r\n\t\x00") || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "-") {
			t.Errorf("ResultName(%q, %q) = %q", output, source, name)
		}
	})
}
