package video

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"mattebox"
)

// JoinOptions say what is put together.
type JoinOptions struct {
	Segments []Segment           // of one clip, in order, made with the same options
	Source   string              // the clip whose sound is kept; empty: none
	Info     *Info               // of Source
	Out      string              // the file to make; its bytes go to Out with ".part" behind it first
	Progress func(share float64) // told from 0 to 1, from one goroutine, the same again while work goes on that has no measure; may be nil
}

// Join makes the final file of a clip's segments. Video is copied, except for GIF
// and WebP, which are encoded here; sound is copied where the format can hold it
// and encoded where it cannot. The sound ends with the last segment when the clip
// goes on behind it.
func Join(ctx context.Context, o JoinOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	scratch, err := os.MkdirTemp(filepath.Dir(o.Out), ".join-")
	if err != nil {
		return mattebox.Wrap(mattebox.CodeInternal, err, "cannot write beside %s", o.Out)
	}
	defer os.RemoveAll(scratch)
	j := &joiner{JoinOptions: o, format: o.Segments[0].Format, scratch: scratch}
	defer os.Remove(j.part())
	if err := j.writeList(); err != nil {
		return err
	}
	if err := j.make(ctx); err != nil {
		return err
	}
	if err := publish(j.part(), o.Out); err != nil {
		return err
	}
	j.tell(1)
	return nil
}

func (o JoinOptions) check() error {
	if len(o.Segments) == 0 {
		return mattebox.Errorf(mattebox.CodeInternal, "there are no segments to join")
	}
	a := o.Segments[0]
	for n, s := range o.Segments {
		if s.Format != a.Format || s.Width != a.Width || s.Height != a.Height || s.Opaque != a.Opaque || s.Rate != a.Rate || s.VariableRate != a.VariableRate {
			return mattebox.Errorf(mattebox.CodeInternal, "segment %d was made otherwise than the first", n+1)
		}
		if n > 0 && s.First <= o.Segments[n-1].First {
			return mattebox.Errorf(mattebox.CodeInternal, "segment %d does not come after the one before it", n+1)
		}
	}
	return nil
}

// joiner is one call of Join.
type joiner struct {
	JoinOptions
	format  Format
	scratch string  // folder
	told    float64 // the share that was told last
}

func (j *joiner) part() string { return j.Out + ".part" }
func (j *joiner) list() string { return filepath.Join(j.scratch, "list.ffconcat") }

// end is when the result ends.
func (j *joiner) end() time.Duration { return j.Segments[len(j.Segments)-1].End }

func (j *joiner) frames() int {
	n := 0
	for _, s := range j.Segments {
		n += s.Frames
	}
	return n
}

func (j *joiner) tell(share float64) {
	j.told = share
	if j.Progress != nil {
		j.Progress(share)
	}
}

// again tells that work goes on.
func (j *joiner) again() { j.tell(j.told) }

func (j *joiner) make(ctx context.Context) error {
	switch j.format {
	case GIF:
		return j.gif(ctx)
	case WebP:
		return j.webp(ctx)
	case PNGSequence:
		return j.sequence(ctx)
	case ProBundle:
		return j.bundle(ctx)
	}
	return j.run(ctx, append(j.copied(), j.muxer(j.part())...))
}

// writeList writes what ffmpeg's concat demuxer reads. Each file's length is the
// distance to the next one's first frame, reckoned from rounded times so that
// the rounding does not add up.
func (j *joiner) writeList() error {
	var b strings.Builder
	b.WriteString("ffconcat version 1.0\n")
	for n, s := range j.Segments {
		path, err := filepath.Abs(s.Path)
		if err != nil {
			return fmt.Errorf("joining: %w", err)
		}
		if strings.ContainsAny(path, "\n\r") {
			return mattebox.Errorf(mattebox.CodeInvalid, "a folder with a line break in its name cannot be used")
		}
		fmt.Fprintf(&b, "file '%s'\n", strings.ReplaceAll("file:"+path, "'", `'\''`))
		if n+1 < len(j.Segments) {
			length := j.Segments[n+1].First.Round(time.Microsecond) - s.First.Round(time.Microsecond)
			fmt.Fprintf(&b, "duration %dus\n", length.Microseconds())
		}
	}
	if err := os.WriteFile(j.list(), []byte(b.String()), 0o666); err != nil {
		return fmt.Errorf("joining: %w", err)
	}
	return nil
}

// pictures are the arguments that open the segments as one input.
func (j *joiner) pictures() []string {
	args := []string{"-v", "error", "-hide_banner", "-nostdin", "-y", "-progress", "pipe:1", "-protocol_whitelist", "file,pipe"}
	if first := j.Segments[0].First; first > 0 {
		args = append(args, "-itsoffset", strconv.FormatFloat(first.Seconds(), 'f', 6, 64))
	}
	return append(args, "-f", "concat", "-safe", "0", "-i", local(j.list()))
}

// copied are the arguments that open everything and copy the video.
func (j *joiner) copied() []string {
	args := append(j.pictures(), j.sound()...)
	args = append(args, "-map", "0:v")
	return append(append(args, j.soundCodec()...), j.copy()...)
}

// copy are the arguments that copy video. Of a variable rate ffmpeg does not know how
// long the last frame is shown; for such a rate packets are in the order of their
// times.
func (j *joiner) copy() []string {
	args := []string{"-c:v", "copy"}
	last := j.Segments[len(j.Segments)-1]
	if !last.VariableRate {
		return args
	}
	length := last.End - last.Last
	return append(args, "-bsf:v", fmt.Sprintf(`setts=duration=if(eq(N\,%d)\,round(%f/TB)\,DURATION)`, j.frames()-1, length.Seconds()))
}

// muxer are the arguments that write the format's file.
func (j *joiner) muxer(path string) []string {
	args := []string{"-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact"}
	switch j.format {
	case WebM:
		if !j.Segments[0].Opaque {
			args = append(args, "-metadata:s:v:0", "alpha_mode=1")
		}
		args = append(args, "-cues_to_front", "1", "-f", "webm")
	case MOV:
		args = append(args, "-movflags", "+faststart+write_colr", "-f", "mov")
	default:
		o := WriterOptions{Rate: j.Segments[0].Rate, VariableRate: j.Segments[0].VariableRate}
		args = append(args, "-movflags", "+faststart", "-video_track_timescale", strconv.FormatInt(o.timescale(), 10), "-f", "mp4")
	}
	return append(args, local(path))
}

// run runs ffmpeg and tells how far it is.
func (j *joiner) run(ctx context.Context, args []string) error {
	total := j.end().Seconds() * 1e6
	return run(ctx, args, func(line string) {
		if text, ok := strings.CutPrefix(line, "out_time_us="); ok {
			us, err := strconv.ParseFloat(text, 64)
			if share := min(us/total, 1); err == nil && total > 0 && share > j.told {
				j.tell(share)
			}
		}
	}, j.again)
}

// bundle makes the two clips of which the segments hold one stream each, and zips
// them.
func (j *joiner) bundle(ctx context.Context) (err error) {
	color, alpha := filepath.Join(j.scratch, "color.mp4"), filepath.Join(j.scratch, "alpha.mp4")
	args := append(j.pictures(), j.sound()...)
	args = append(append(args, "-map", "0:0"), j.soundCodec()...)
	args = append(append(args, j.copy()...), j.muxer(color)...)
	args = append(append(append(args, "-map", "0:1"), j.copy()...), j.muxer(alpha)...)
	if err := j.run(ctx, args); err != nil {
		return err
	}
	z, err := newArchive(j.part(), j.again)
	if err != nil {
		return err
	}
	err = errors.Join(z.add("color.mp4", color), z.add("alpha.mp4", alpha))
	return errors.Join(err, z.close())
}
