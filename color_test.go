package mattebox

import "testing"

func TestParseColor(t *testing.T) {
	good := map[string]Color{
		"000000":  {},
		"FFFFFF":  {255, 255, 255},
		"1a2B3c":  {0x1a, 0x2b, 0x3c},
		"#0080ff": {0, 0x80, 0xff},
	}
	for text, want := range good {
		got, err := ParseColor(text)
		if err != nil || got != want {
			t.Errorf("ParseColor(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "#", "fff", "##00000", "0000000", "00000g", " 000000", "ффффff", "0x0000"} {
		if got, err := ParseColor(text); err == nil || CodeOf(err) != CodeInvalid {
			t.Errorf("ParseColor(%q) = %v, %v; want an invalid error", text, got, err)
		}
	}
}

func TestColorString(t *testing.T) {
	if got := (Color{0xAB, 0x0C, 0xFF}).String(); got != "ab0cff" {
		t.Errorf("String = %q, want ab0cff", got)
	}
}
