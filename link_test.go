package mattebox

import (
	"net/url"
	"strings"
	"testing"
	"time"
)

func testLinks(now *time.Time) Links {
	return Links{
		Public: "https://cut.example.test", Secret: []byte("a secret"), Valid: 24 * time.Hour,
		Now: func() time.Time { return *now },
	}
}

func TestLinks(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	l := testLinks(&now)
	const path = "1000003/2000000/final/my image ü.jpg"
	address := l.Absolute(path)
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	if u.Path != "/"+path || u.Host != "cut.example.test" || strings.ContainsAny(address, "& ") {
		t.Errorf("address %q", address)
	}
	sig := u.Query().Get("sig")
	if err := l.Check(path, sig); err != nil {
		t.Errorf("own link: %v", err)
	}
	for what, check := range map[string]error{
		"another path":   l.Check("1000003/2000001/final/my image ü.jpg", sig),
		"later expiry":   l.Check(path, "9"+sig),
		"no signature":   l.Check(path, ""),
		"half of it":     l.Check(path, sig[:len(sig)/2]),
		"another secret": Links{Secret: []byte("b"), Now: l.Now}.Check(path, sig),
	} {
		if CodeOf(check) != CodeForbidden {
			t.Errorf("%s: %v", what, check)
		}
	}
	now = now.Add(24*time.Hour - time.Minute)
	if err := l.Check(path, sig); err != nil {
		t.Errorf("within its time: %v", err)
	}
	now = now.Add(2 * time.Hour)
	if err := l.Check(path, sig); CodeOf(err) != CodeForbidden || !strings.Contains(err.Error(), "expired") {
		t.Errorf("after its time: %v", err)
	}
}

func TestLinksAreEqualWithinAnHour(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)
	l := testLinks(&now)
	first := l.Relative("1/2/final/a.jpg")
	now = now.Add(59 * time.Minute)
	if second := l.Relative("1/2/final/a.jpg"); second != first {
		t.Errorf("%q, then %q", first, second)
	}
	if l.Relative("") != "" || l.Absolute("") != "" {
		t.Error("an empty path has a link")
	}
}

func FuzzLinksCheck(f *testing.F) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	l := testLinks(&now)
	_, own, _ := strings.Cut(l.Relative("1/2/final/a.jpg"), "?sig=")
	f.Add("1/2/final/a.jpg", own)
	f.Add("", ".")
	f.Fuzz(func(t *testing.T, path, sig string) {
		if l.Check(path, sig) == nil && (path != "1/2/final/a.jpg" || sig != own) {
			t.Errorf("%q passes with %q", path, sig)
		}
	})
}

func FuzzEscapePath(f *testing.F) {
	f.Add("1/2/final/a b?c#d%e.jpg")
	f.Fuzz(func(t *testing.T, path string) {
		u, err := url.Parse("http://host.test/" + EscapePath(path))
		if err != nil || u.Path != "/"+path || u.RawQuery != "" || u.Fragment != "" {
			t.Errorf("%q: %v %v", path, u, err)
		}
	})
}
