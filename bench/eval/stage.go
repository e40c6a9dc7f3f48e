package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"mattebox/bench/contender"
)

// stage is the folder in which the contenders work: the pictures of all sets
// under "pictures", each contender's cut-outs under its name, its report beside
// them.
type stage struct {
	folder string
	reuse  string // peers, all or none
	log    io.Writer
}

// lay copies the photos of those samples into a folder, under their keys, and
// clears out what an earlier run with other samples left there.
func (s stage) lay(name string, cases []sample) (string, error) {
	folder := filepath.Join(s.folder, name)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", fmt.Errorf("laying out the pictures: %w", err)
	}
	wanted := map[string]bool{}
	for _, c := range cases {
		name := c.key() + filepath.Ext(c.Photo)
		wanted[name] = true
		if err := copyOnce(c.Photo, filepath.Join(folder, name)); err != nil {
			return "", err
		}
	}
	present, err := os.ReadDir(folder)
	if err != nil {
		return "", fmt.Errorf("laying out the pictures: %w", err)
	}
	for _, entry := range present {
		if wanted[entry.Name()] {
			continue
		}
		if err := os.Remove(filepath.Join(folder, entry.Name())); err != nil {
			return "", fmt.Errorf("clearing an old picture: %w", err)
		}
	}
	return folder, nil
}

// copyOnce copies unless the target is as large as the source and no older.
func copyOnce(source, target string) error {
	from, err := os.Stat(source)
	if err != nil {
		return fmt.Errorf("copying a picture: %w", err)
	}
	if to, err := os.Stat(target); err == nil && to.Size() == from.Size() && !to.ModTime().Before(from.ModTime()) {
		return nil
	}
	bytes, err := os.ReadFile(source)
	if err != nil {
		return fmt.Errorf("copying a picture: %w", err)
	}
	if err := os.WriteFile(target, bytes, 0o644); err != nil {
		return fmt.Errorf("copying a picture: %w", err)
	}
	return nil
}

// cut returns the contender's report on each sample by its key. Cut-outs of
// earlier runs are taken where that is allowed; the rest is cut now.
func (s stage) cut(ctx context.Context, c contender.Contender, cases []sample) (map[string]contender.Picture, error) {
	target := filepath.Join(s.folder, "cutouts", c.Name)
	record := target + ".json"
	reports := map[string]contender.Picture{}
	if s.reuse == "all" || s.reuse == "peers" && c.Peer {
		reports = readRecord(record)
	} else if err := os.RemoveAll(target); err != nil {
		return nil, fmt.Errorf("clearing old cut-outs: %w", err)
	}
	missing := lacking(reports, cases)
	if len(missing) == 0 {
		fmt.Fprintf(s.log, "%s: the cut-outs of an earlier run\n", c.Name)
		return reports, nil
	}
	pictures, err := s.lay("pictures", missing)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(target, 0o755); err != nil {
		return nil, fmt.Errorf("making the target: %w", err)
	}
	fresh, err := os.MkdirTemp(target, "run")
	if err != nil {
		return nil, fmt.Errorf("making the target: %w", err)
	}
	fmt.Fprintf(s.log, "%s: cutting out ...", c.Name)
	result, err := c.Run(ctx, pictures, fresh, 0)
	if err != nil {
		fmt.Fprintln(s.log)
		return nil, err
	}
	fmt.Fprintf(s.log, " %d pictures in %.1f s\n", len(result.Pictures), result.Wall.Seconds())
	for _, p := range result.Pictures {
		reports[keyOf(p.File)] = p
	}
	return reports, writeJSON(record, reports)
}

// readRecord returns the reports of earlier runs, none when there is no record.
func readRecord(record string) map[string]contender.Picture {
	reports := map[string]contender.Picture{}
	bytes, err := os.ReadFile(record)
	if err != nil {
		return reports
	}
	if json.Unmarshal(bytes, &reports) != nil {
		return map[string]contender.Picture{} // of another version; cut anew
	}
	return reports
}

// lacking returns the samples without a report, or whose cut-out is gone or older
// than the photo.
func lacking(reports map[string]contender.Picture, cases []sample) []sample {
	var missing []sample
	for _, c := range cases {
		if p, ok := reports[c.key()]; !ok || p.Error != "" || !newer(p.Output, c.Photo) {
			missing = append(missing, c)
		}
	}
	return missing
}

// newer tells whether a file exists and was not written before the other.
func newer(file, other string) bool {
	a, err := os.Stat(file)
	if err != nil {
		return false
	}
	b, err := os.Stat(other)
	return err == nil && !a.ModTime().Before(b.ModTime())
}

func keyOf(file string) string {
	name := filepath.Base(file)
	return strings.TrimSuffix(name, filepath.Ext(name))
}

func writeJSON(path string, value any) error {
	bytes, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	if err := os.WriteFile(path, append(bytes, '\n'), 0o644); err != nil {
		return fmt.Errorf("writing results: %w", err)
	}
	return nil
}
