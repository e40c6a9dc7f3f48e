package mattebox

import (
	"strings"
	"testing"
)

func TestNormalEmail(t *testing.T) {
	for _, c := range [][2]string{
		{"john @ removethebackground.com", "john@removethebackground.com"}, // the seed's spelling, contracts F7
		{" John@RemoveTheBackground.com\n", "john@removethebackground.com"},
		{"no address ", "no address"},
		{"", ""},
	} {
		if got := NormalEmail(c[0]); got != c[1] {
			t.Errorf("%q is %q, want %q", c[0], got, c[1])
		}
	}
}

func TestValidateEmail(t *testing.T) {
	for _, good := range []string{"a@b", "john @ removethebackground.com", "o'neil+shop@x.example"} {
		if err := ValidateEmail("contactEmail", good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range []string{"", "john", "@b", "a@", "a@b@c", "jo hn@b", "<a@b>", "a@" + strings.Repeat("b", 260)} {
		if err := ValidateEmail("contactEmail", bad); CodeOf(err) != CodeInvalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
