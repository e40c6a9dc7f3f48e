package mattebox

import "testing"

func TestNamedColor(t *testing.T) {
	for name, want := range map[string]string{"green": "09a246", "White": "ffffff", "BLACK": "000000", "blue": "0000ff", "darkgreen": "008000"} {
		if got, ok := NamedColor(name); !ok || got.String() != want {
			t.Errorf("%s is %s (%t), want %s", name, got, ok, want)
		}
	}
	if c, ok := NamedColor("transparent"); ok {
		t.Errorf("transparent is the colour %s", c)
	}
}
