package video

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// sequence is what frames.json in a PNG sequence says: a folder of pictures has no
// clock of its own.
type sequence struct {
	Rate         string          `json:"rate"` // frames a second, as a fraction
	VariableRate bool            `json:"variable_rate"`
	Duration     float64         `json:"duration"` // in seconds
	Sound        string          `json:"sound,omitempty"`
	Frames       []sequenceFrame `json:"frames"`
}

type sequenceFrame struct {
	File     string  `json:"file"`
	Time     float64 `json:"time"` // in seconds, from the clip's start
	Duration float64 `json:"duration"`
}

// sequence puts the segments' pictures into one zip, numbered through, with the
// sound beside them.
func (j *joiner) sequence(ctx context.Context) error {
	z, err := newArchive(j.part(), j.again)
	if err != nil {
		return err
	}
	return errors.Join(j.fillSequence(ctx, z), z.close())
}

func (j *joiner) fillSequence(ctx context.Context, z *archive) error {
	all := sequence{Rate: j.Segments[0].Rate.String(), VariableRate: j.Segments[0].VariableRate, Duration: j.end().Seconds()}
	for n, s := range j.Segments {
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		if err := z.addFrames(s.Path, &all); err != nil {
			return fmt.Errorf("reading segment %d: %w", n+1, err)
		}
		j.tell(float64(n+1) / float64(len(j.Segments)+1))
	}
	if j.hasSound() {
		name, muxer := j.soundFile()
		path := filepath.Join(j.scratch, name)
		args := append([]string{"-v", "error", "-nostdin", "-y"}, j.sound()...)
		args = append(args, "-map", fmt.Sprintf("0:%d", j.Info.Sound.Stream), "-map_metadata", "-1", "-fflags", "+bitexact")
		args = append(append(args, j.soundCodec()[2:]...), "-f", muxer, local(path))
		if err := j.run(ctx, args); err != nil {
			return err
		}
		if err := z.add(name, path); err != nil {
			return err
		}
		all.Sound = name
	}
	w, err := stored(z.zip, "frames.json")
	if err != nil {
		return err
	}
	lines := json.NewEncoder(w)
	lines.SetIndent("", " ")
	return lines.Encode(all)
}

// archive is a zip that is being made.
type archive struct {
	file  *os.File
	zip   *zip.Writer
	moves func() // called every now and then while files are copied
}

func newArchive(path string, moves func()) (*archive, error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("making the zip: %w", err)
	}
	return &archive{file: f, zip: zip.NewWriter(f), moves: moves}, nil
}

func (a *archive) close() error { return errors.Join(a.zip.Close(), a.file.Close()) }

// add stores the file.
func (a *archive) add(name, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	w, err := stored(a.zip, name)
	if err != nil {
		return err
	}
	return a.copy(w, f)
}

func (a *archive) copy(w io.Writer, from io.Reader) error {
	_, err := io.Copy(w, io.TeeReader(from, heard(a.moves)))
	return err
}

// heard is called for each piece that is written to it.
type heard func()

// Write never fails.
func (h heard) Write(b []byte) (int, error) {
	h()
	return len(b), nil
}

// addFrames copies a segment's pictures as they are and notes their times.
func (a *archive) addFrames(path string, all *sequence) error {
	from, err := zip.OpenReader(path)
	if err != nil {
		return err
	}
	defer from.Close()
	times, err := readTimes(&from.Reader)
	if err != nil {
		return err
	}
	for n, t := range times {
		f, err := from.Open(frameName(n + 1))
		if err != nil {
			return err
		}
		name := frameName(len(all.Frames) + 1)
		w, err := stored(a.zip, name)
		if err == nil {
			err = a.copy(w, f)
		}
		f.Close()
		if err != nil {
			return err
		}
		all.Frames = append(all.Frames, sequenceFrame{File: name, Time: rounded(t.From), Duration: rounded(t.To - t.From)})
	}
	return nil
}

func readTimes(z *zip.Reader) ([]Span, error) {
	f, err := z.Open(timesEntry)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var times []Span
	return times, json.NewDecoder(f).Decode(&times)
}

// rounded returns seconds to a microsecond.
func rounded(t time.Duration) float64 {
	return float64(t.Round(time.Microsecond).Microseconds()) / 1e6
}
