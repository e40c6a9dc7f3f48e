package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// sample is one picture with its truth.
type sample struct {
	Set, Name  string
	Photo      string // file
	Alpha      string // file: grey, or the same in three channels
	Foreground string // file of the true colours; empty when nobody knows them
}

// key names the sample and its staged files.
func (s sample) key() string { return s.Set + "-" + s.Name }

// sets are the groups of samples, in the order of the tables: four folders of the
// test data, frames of its clips, and photographs of our own.
var sets = [...]string{"composites", "humans", "lemur", "stills", "frames", "synth"}

// findCases returns the samples of the test data (its README tells their origin),
// with so many frames of each video clip.
func findCases(data string, frames int) ([]sample, error) {
	if _, err := os.Stat(data); err != nil {
		return nil, fmt.Errorf("the test data: %w", err)
	}
	var cases []sample
	for _, set := range []string{"composites", "humans", "stills"} {
		found, err := inFolders(set, "", filepath.Join(data, set, "image"), filepath.Join(data, set, "alpha"))
		if err != nil {
			return nil, err
		}
		for i := range found {
			colours := filepath.Join(data, set, "foreground", found[i].Name+".png")
			if exists(colours) {
				found[i].Foreground = colours
			}
		}
		cases = append(cases, found...)
	}
	if lemur := filepath.Join(data, "lemur"); exists(lemur) {
		cases = append(cases, sample{
			Set: "lemur", Name: "lemur", Photo: filepath.Join(lemur, "lemur.png"),
			Alpha: filepath.Join(lemur, "lemur_alpha.png"), Foreground: filepath.Join(lemur, "lemur_foreground.png"),
		})
	}
	if frames > 0 {
		clips, err := clipFrames(filepath.Join(data, "video"), frames)
		if err != nil {
			return nil, err
		}
		cases = append(cases, clips...)
	}
	if len(cases) == 0 {
		return nil, fmt.Errorf("%s holds no pictures with truth", data)
	}
	return cases, nil
}

// inFolders pairs the photos of one folder with the mattes of another by name.
func inFolders(set, prefix, photos, mattes string) ([]sample, error) {
	if !exists(photos) {
		return nil, nil
	}
	entries, err := os.ReadDir(photos)
	if err != nil {
		return nil, fmt.Errorf("finding photos: %w", err)
	}
	var found []sample
	for _, entry := range entries {
		name := strings.TrimSuffix(entry.Name(), filepath.Ext(entry.Name()))
		alpha := filepath.Join(mattes, name+".png")
		if !exists(alpha) {
			continue
		}
		found = append(found, sample{
			Set: set, Name: prefix + name,
			Photo: filepath.Join(photos, entry.Name()), Alpha: alpha,
		})
	}
	return found, nil
}

// clipFrames takes n frames, evenly spread, of each clip that has mattes.
func clipFrames(video string, n int) ([]sample, error) {
	var cases []sample
	for _, kind := range []struct{ folder, mattes string }{{"davis", "masks"}, {"matte", "alpha"}} {
		clips, err := os.ReadDir(filepath.Join(video, kind.folder))
		if err != nil {
			return nil, fmt.Errorf("finding clips: %w", err)
		}
		for _, clip := range clips {
			folder := filepath.Join(video, kind.folder, clip.Name())
			found, err := inFolders("frames", clip.Name()+"-", filepath.Join(folder, "frames"), filepath.Join(folder, kind.mattes))
			if err != nil {
				return nil, err
			}
			for i := range min(n, len(found)) {
				cases = append(cases, found[(2*i+1)*len(found)/(2*n)])
			}
		}
	}
	return cases, nil
}

// inOrder sorts the samples by their sets.
func inOrder(cases []sample) {
	slices.SortStableFunc(cases, func(a, b sample) int {
		return slices.Index(sets[:], a.Set) - slices.Index(sets[:], b.Set)
	})
}

// pickSets keeps the samples of the named sets; no names keep all.
func pickSets(cases []sample, names string) ([]sample, error) {
	if names == "" {
		return cases, nil
	}
	var kept []sample
	for _, name := range strings.Split(names, ",") {
		before := len(kept)
		for _, c := range cases {
			if c.Set == name {
				kept = append(kept, c)
			}
		}
		if len(kept) == before {
			return nil, fmt.Errorf("no set is called %q; there are %s", name, strings.Join(sets[:], ", "))
		}
	}
	return kept, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
