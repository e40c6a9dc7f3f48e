package mattebox

import "testing"

func TestParseFormat(t *testing.T) {
	good := map[string]Format{"jpg": JPG, ".JPEG": JPEG, "tif": TIF, "TIFF": TIFF, ".png": PNG, "PSD": PSD, "webp": WEBP, "avif": AVIF}
	for name, want := range good {
		if got, err := ParseFormat(name); err != nil || got != want {
			t.Errorf("ParseFormat(%q) = %q, %v; want %q", name, got, err, want)
		}
	}
	for _, name := range []string{"", ".", "gif", "..png", "jpg ", "JPEG2000"} {
		if got, err := ParseFormat(name); CodeOf(err) != CodeInvalid {
			t.Errorf("ParseFormat(%q) = %q, %v; want an invalid error", name, got, err)
		}
	}
}

func TestFormatTraits(t *testing.T) {
	tests := []struct {
		format    Format
		canonical Format
		extension string
		alpha     bool
		maxSide   int
	}{
		{JPG, JPG, "jpg", false, 65500},
		{JPEG, JPG, "jpeg", false, 65500},
		{TIF, TIF, "tif", true, 65500},
		{TIFF, TIF, "tiff", true, 65500},
		{PNG, PNG, "png", true, 65500},
		{PSD, PSD, "psd", true, 30000},
		{WEBP, WEBP, "webp", true, 16383},
		{AVIF, AVIF, "avif", true, 16384},
	}
	for _, tt := range tests {
		if got := tt.format.Canonical(); got != tt.canonical {
			t.Errorf("%s.Canonical() = %s, want %s", tt.format, got, tt.canonical)
		}
		if got := tt.format.Extension(); got != tt.extension {
			t.Errorf("%s.Extension() = %s, want %s", tt.format, got, tt.extension)
		}
		if got := tt.format.HasAlpha(); got != tt.alpha {
			t.Errorf("%s.HasAlpha() = %v, want %v", tt.format, got, tt.alpha)
		}
		if got := tt.format.MaxSide(); got != tt.maxSide {
			t.Errorf("%s.MaxSide() = %d, want %d", tt.format, got, tt.maxSide)
		}
		if got := tt.format.Layered(); got != (tt.format == PSD) {
			t.Errorf("%s.Layered() = %v", tt.format, got)
		}
	}
}
