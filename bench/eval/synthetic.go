package main

import (
	"fmt"
	"image"
	"os"
	"path/filepath"

	"mattebox/internal/synth"
)

// Size of the synthetic photographs and the marks that a camera leaves on them.
const (
	synthWidth   = 960
	synthHeight  = 800
	synthGrain   = 2
	synthQuality = 92
)

// synthetic draws n photographs of each kind into the folder, with their truth,
// unless an earlier run has, and returns them as samples.
func synthetic(folder string, n int) ([]sample, error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, fmt.Errorf("drawing photographs: %w", err)
	}
	var cases []sample
	for _, kind := range synth.Kinds() {
		for seed := range n {
			name := fmt.Sprintf("%s-%d", kind, seed)
			stem := filepath.Join(folder, name)
			c := sample{Set: "synth", Name: name, Photo: stem + ".png", Alpha: stem + "-alpha.png", Foreground: stem + "-foreground.png"}
			cases = append(cases, c)
			if exists(c.Photo) {
				continue
			}
			if err := drawPhoto(c, int64(seed), kind); err != nil {
				return nil, err
			}
		}
	}
	return cases, nil
}

// drawPhoto writes one photograph and its truth, the photograph last.
func drawPhoto(c sample, seed int64, kind synth.Kind) error {
	p := synth.Photo(seed, kind, synthWidth, synthHeight)
	shot, err := p.Shot(seed, synthGrain, synthQuality)
	if err != nil {
		return err
	}
	colours := p.Cutout()
	for i := 3; i < len(colours.Pix); i += 4 {
		colours.Pix[i] = 255
	}
	file, err := shot.PNG()
	if err != nil {
		return err
	}
	for path, picture := range map[string]image.Image{c.Alpha: p.Matte(), c.Foreground: colours} {
		if err := savePNG(path, picture); err != nil {
			return err
		}
	}
	if err := os.WriteFile(c.Photo, file, 0o644); err != nil {
		return fmt.Errorf("writing a photograph: %w", err)
	}
	return nil
}
