// Package photos makes folders of photographs of one size for the measurements,
// from the real ones of ../shared/testdata/photos.
package photos

import (
	"context"
	"fmt"
	"image"
	_ "image/jpeg" // sizes of the photographs
	_ "image/png"  // sizes of the photographs
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

// leastMegapixels is how large a photograph must be to be scaled: smaller ones
// would be too smooth for what they are.
const leastMegapixels = 1

// Set is where photographs come from and where their folders are kept.
type Set struct {
	Data    string    // folder of the originals
	Results string    // folder that "photos/1MP-50" and the like go to
	Log     io.Writer // told of what takes time
}

// Folder returns a folder with n JPEGs (quality 92) of so many megapixels, made
// from the originals in turn, unless an earlier run made it.
func (s Set) Folder(ctx context.Context, megapixels float64, n int) (string, error) {
	folder := filepath.Join(s.Results, "photos", fmt.Sprintf("%gMP-%d", megapixels, n))
	if present, err := os.ReadDir(folder); err == nil && len(present) == n {
		return folder, nil
	}
	originals, err := largePhotos(s.Data)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", fmt.Errorf("scaling photographs: %w", err)
	}
	fmt.Fprintf(s.Log, "scaling photographs to %g megapixels\n", megapixels)
	for i := range n {
		target := filepath.Join(folder, fmt.Sprintf("photo-%03d.jpg", i))
		if i >= len(originals) {
			err = copyFile(filepath.Join(folder, fmt.Sprintf("photo-%03d.jpg", i%len(originals))), target)
		} else {
			err = originals[i].scale(ctx, megapixels, target)
		}
		if err != nil {
			return "", err
		}
	}
	return folder, nil
}

// original is a photograph and its size.
type original struct {
	path          string
	width, height int
}

func largePhotos(folder string) ([]original, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("finding photographs: %w", err)
	}
	var found []original
	for _, entry := range entries {
		o := original{path: filepath.Join(folder, entry.Name())}
		file, err := os.Open(o.path)
		if err != nil {
			return nil, fmt.Errorf("finding photographs: %w", err)
		}
		header, _, err := image.DecodeConfig(file)
		file.Close()
		if err != nil {
			continue // not a photograph
		}
		o.width, o.height = header.Width, header.Height
		if float64(o.width*o.height) >= leastMegapixels*1e6 {
			found = append(found, o)
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%s holds no photograph of %d megapixels or more", folder, leastMegapixels)
	}
	return found, nil
}

// scale writes the photograph at that size.
func (o original) scale(ctx context.Context, megapixels float64, target string) error {
	factor := math.Sqrt(megapixels * 1e6 / float64(o.width*o.height))
	args := []string{"vips", "resize", o.path, target + "[Q=92]", strconv.FormatFloat(factor, 'f', 6, 64)}
	if _, err := exec.LookPath("vips"); err != nil {
		size := fmt.Sprintf("%dx%d!", int(float64(o.width)*factor), int(float64(o.height)*factor))
		args = []string{"convert", o.path, "-resize", size, "-quality", "92", target}
	}
	if said, err := exec.CommandContext(ctx, args[0], args[1:]...).CombinedOutput(); err != nil {
		return fmt.Errorf("scaling %s (install libvips-tools or imagemagick): %w: %s", o.path, err, said)
	}
	return nil
}

func copyFile(source, target string) error {
	bytes, err := os.ReadFile(source)
	if err != nil {
		return fmt.Errorf("copying a photograph: %w", err)
	}
	if err := os.WriteFile(target, bytes, 0o644); err != nil {
		return fmt.Errorf("copying a photograph: %w", err)
	}
	return nil
}
