package photos

import (
	"bytes"
	"image"
	"image/jpeg"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// set returns a set with one original of 1.25 megapixels and a file that is none.
func set(t *testing.T) Set {
	t.Helper()
	if _, err := exec.LookPath("vips"); err != nil {
		if _, err := exec.LookPath("convert"); err != nil {
			t.Skip("neither vips nor convert is installed")
		}
	}
	photo := image.NewGray(image.Rect(0, 0, 1250, 1000))
	for i := range photo.Pix {
		photo.Pix[i] = uint8(i % 1250 / 5)
	}
	var file bytes.Buffer
	if err := jpeg.Encode(&file, photo, nil); err != nil {
		t.Fatal(err)
	}
	data := t.TempDir()
	for name, content := range map[string][]byte{"a.jpg": file.Bytes(), "README.md": []byte("not a photograph")} {
		if err := os.WriteFile(filepath.Join(data, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return Set{Data: data, Results: t.TempDir(), Log: &strings.Builder{}}
}

func TestPhotosHaveTheirSize(t *testing.T) {
	s := set(t)
	folder, err := s.Folder(t.Context(), 2, 2)
	if err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(folder)
	if err != nil || len(files) != 2 {
		t.Fatalf("%d files (%v), want 2", len(files), err)
	}
	file, err := os.Open(filepath.Join(folder, files[1].Name()))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	header, format, err := image.DecodeConfig(file)
	if err != nil || format != "jpeg" {
		t.Fatalf("%s: %v", format, err)
	}
	if n := header.Width * header.Height; math.Abs(float64(n)-2e6) > 1e4 {
		t.Errorf("%d x %d is %d pixels, want two million", header.Width, header.Height, n)
	}
	if again, err := s.Folder(t.Context(), 2, 2); err != nil || again != folder {
		t.Errorf("the second call gives %s (%v)", again, err)
	}
	s.Data = t.TempDir()
	if _, err := s.Folder(t.Context(), 3, 2); err == nil {
		t.Error("photographs were made from nothing")
	}
}
