package imaging

import (
	"path/filepath"
	"testing"
)

// heic makes a HEIC file with whatever this machine has for it.
func heic(t *testing.T, p *Picture, bits string) []byte {
	t.Helper()
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.png"), filepath.Join(dir, "out.heic")
	writeFile(t, in, encode(t, p, EncodeOptions{Format: PNG}))
	if err := run("vips", "heifsave", in, out, "--compression", "hevc", "--Q", "90", "--bitdepth", bits); err != nil {
		if err := run("heif-enc", "-q", "90", "-b", bits, "-o", out, in); err != nil {
			t.Skipf("neither vips nor heif-enc can write HEIC here: %v", err)
		}
	}
	return read(t, out)
}

func TestDecodeHEIC(t *testing.T) {
	p := synthetic(320, 240, false, false)
	data := heic(t, p, "8")
	if h, err := ReadHeader(data, Limits{}); err != nil || h.Format != HEIC || h.Width != 320 || h.Height != 240 {
		t.Fatalf("header %+v, %v", h, err)
	}
	if d := psnr(t, decode(t, data), p); d < 30 {
		t.Errorf("%.1f dB", d)
	}
}

func TestDecodeHEICOfTenBits(t *testing.T) {
	white := &Picture{Width: 64, Height: 64, Pix16: make([]uint16, 3*64*64)}
	fill(white.Pix16, 65535)
	got := decode(t, heic(t, white, "10"))
	if !got.Deep() || got.Pix16[0] != 65535 {
		t.Errorf("deep %v, white is %v", got.Deep(), got.Pix16[:3])
	}
}
