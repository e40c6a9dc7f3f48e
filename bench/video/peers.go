package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"mattebox/bench/contender"
)

// fileSettings are the part of the command line that is about real processes.
type fileSettings struct {
	peers      bool
	contenders string
	rounds     int
	flat       float64
	model      string
	height     int
	still      bool
}

func (s *fileSettings) define(flags *flag.FlagSet) {
	flags.BoolVar(&s.peers, "peers", false, "measure the program, and programs for photographs on each frame, from file to file")
	flags.StringVar(&s.contenders, "contenders", "", "with -peers: parts of names, with commas (default all)")
	flags.IntVar(&s.rounds, "rounds", 1, "with -peers: how often each contender has its turn on each clip")
	flags.Float64Var(&s.flat, "flat", 0, "measure memory and disk over a clip of so many minutes, looped from -file (default clips/people.mp4)")
	flags.StringVar(&s.model, "model", "light", "with -flat: the model")
	flags.IntVar(&s.height, "height", 360, "with -flat: the clip's height")
	flags.BoolVar(&s.still, "still", false, "with -flat: a clip in which nothing moves, made of one frame")
}

// peerClips are the clips of -peers: hair with an exact matte, an animal at a walk, and
// the fastest there is, on which carrying mattes along gains least.
func peerClips() []string { return []string{"lemur-pan", "dog", "motocross-jump"} }

// warmFrames is how long the clip is that every contender is given before the clock starts,
// so that all find their files in the machine's memory.
const warmFrames = 2

// leg is what one contender did with one clip.
type leg struct {
	Contender string  `json:"contender"`
	Clip      string  `json:"clip"`
	Frames    int     `json:"frames"` // over all rounds, as the following
	Wall      float64 `json:"wall"`   // seconds
	CPU       float64 `json:"cpu"`    // seconds
	Peak      int64   `json:"peak"`   // bytes
	Score     score   `json:"score"`
	Fault     string  `json:"fault,omitempty"` // why there are no figures
}

// race is one run of -peers.
type race struct {
	settings
	results string
	entered []traveller
	clips   []*testClip
	log     io.Writer
}

// comparePeers measures every contender on every clip from file to file and prints
// the tables. The results stay in bench/results for a look at them.
func comparePeers(ctx context.Context, s settings, out, log io.Writer) error {
	if s.rounds < 1 || s.frames < 2 {
		return errors.New("-rounds must be at least 1 and -frames at least 2")
	}
	root, err := contender.Root()
	if err != nil {
		return err
	}
	if s.clips == nil {
		s.clips = peerClips()
	}
	r := race{settings: s, results: filepath.Join(root, "bench", "results", "video"), log: log}
	if r.clips, err = readClips(s); err != nil {
		return err
	}
	if r.entered, err = enter(root, s.contenders, log); err != nil {
		return err
	}
	if err := os.MkdirAll(r.results, 0o755); err != nil {
		return err
	}
	legs, err := r.run(ctx)
	if err != nil {
		return err
	}
	printLegs(out, r.clips, legs, s.markdown)
	return saveLegs(filepath.Join(root, "bench", "results", "video.json"), legs)
}

// enter returns the contenders of those names that can run here.
func enter(root, names string, log io.Writer) ([]traveller, error) {
	all, err := travellers(root)
	if err != nil {
		return nil, err
	}
	var entered []traveller
	for _, t := range all {
		if !named(t.name, names) {
			continue
		}
		if t.missing != "" {
			fmt.Fprintf(log, "leaving out %s: %s\n", t.name, t.missing)
			continue
		}
		entered = append(entered, t)
	}
	if len(entered) == 0 {
		return nil, errors.New("no contender of that name can run here")
	}
	return entered, nil
}

// named tells whether one of the parts is in the name; without parts all are.
func named(name, parts string) bool {
	for part := range strings.SplitSeq(parts, ",") {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}

// run gives every contender its turn on every clip in every round, so that what else
// the machine does falls on all of them.
func (r race) run(ctx context.Context) ([]leg, error) {
	for _, clip := range r.clips {
		clip.frames = nil // the programs read the file
		if err := encode(ctx, r.pattern(clip), len(clip.truth), r.file(clip)); err != nil {
			return nil, err
		}
	}
	if err := r.warm(ctx); err != nil {
		return nil, err
	}
	legs := make([]leg, 0, len(r.entered)*len(r.clips))
	at := map[[2]string]int{}
	for range r.rounds {
		for _, clip := range r.clips {
			for _, t := range r.entered {
				key := [2]string{t.name, clip.name}
				if _, ok := at[key]; !ok {
					at[key] = len(legs)
					legs = append(legs, leg{Contender: t.name, Clip: clip.name})
				}
				r.turn(ctx, t, clip, &legs[at[key]])
				if ctx.Err() != nil {
					return nil, ctx.Err()
				}
			}
		}
	}
	return legs, nil
}

// warm lets every contender treat the same two frames.
func (r race) warm(ctx context.Context) error {
	short := filepath.Join(r.results, "warm.mp4")
	if err := encode(ctx, r.pattern(r.clips[0]), warmFrames, short); err != nil {
		return err
	}
	for _, t := range r.entered {
		if _, err := t.travel(ctx, short, filepath.Join(r.results, "warm.webm")); err != nil {
			fmt.Fprintf(r.log, "%s cannot treat two frames: %v\n", t.name, err)
		}
	}
	return ctx.Err()
}

func (r race) turn(ctx context.Context, t traveller, clip *testClip, l *leg) {
	out := filepath.Join(r.results, clip.name+", "+t.name+".webm")
	took, err := t.travel(ctx, r.file(clip), out)
	if err == nil && l.Frames == 0 {
		l.Score, err = scoreFile(ctx, clip, out)
	}
	if err != nil {
		l.Fault = err.Error()
		fmt.Fprintf(r.log, "%s on %s failed: %v\n", t.name, clip.name, err)
		return
	}
	l.Frames += len(clip.truth)
	l.Wall += took.wall.Seconds()
	l.CPU += took.cpu.Seconds()
	l.Peak = max(l.Peak, took.peak)
	fmt.Fprintf(r.log, "%s on %s: %.1f s, %.1f s of processor\n", t.name, clip.name, took.wall.Seconds(), took.cpu.Seconds())
}

// scoreFile compares the mattes of a result with the truth.
func scoreFile(ctx context.Context, clip *testClip, path string) (score, error) {
	mattes, err := decodeAlpha(ctx, path, clip.truth[0].Width, clip.truth[0].Height)
	if err != nil {
		return score{}, err
	}
	if len(mattes) != len(clip.truth) {
		return score{}, fmt.Errorf("%d frames came out of %d", len(mattes), len(clip.truth))
	}
	return compare(clip, mattes)
}

// pattern is where ffmpeg finds a clip's frames.
func (r race) pattern(clip *testClip) string {
	for _, set := range sets() {
		if set[0] == clip.set {
			return filepath.Join(r.data, "video", set[1], clip.name, "frames", "%05d.jpg")
		}
	}
	return ""
}

func (r race) file(clip *testClip) string { return filepath.Join(r.results, clip.name+".mp4") }

func saveLegs(path string, legs []leg) error {
	text, err := json.MarshalIndent(struct {
		When time.Time `json:"when"`
		Legs []leg     `json:"legs"`
	}{time.Now().UTC().Truncate(time.Second), legs}, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}
