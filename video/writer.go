package video

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"mattebox"
)

// WriterOptions say how a segment is made. Segments that are to be joined have
// them in common.
type WriterOptions struct {
	Format        Format
	Width, Height int  // of the frames; H.264 leaves an odd row or column out
	Rate          Rate // of the clip (Info)
	VariableRate  bool // of the clip
	Opaque        bool // every pixel of every frame has alpha 255
}

// Segment is a finished segment: what Join needs to know of it. It can be kept
// as JSON.
type Segment struct {
	Path         string        `json:"path"`
	Format       Format        `json:"format"`
	Opaque       bool          `json:"opaque"`
	Width        int           `json:"width"`
	Height       int           `json:"height"`
	Rate         Rate          `json:"rate"`
	VariableRate bool          `json:"variable_rate"`
	Frames       int           `json:"frames"`
	First        time.Duration `json:"first"` // when its first frame is shown
	Last         time.Duration `json:"last"`  // when its last frame is shown
	End          time.Duration `json:"end"`   // when that ceases to be
}

// Writer makes one segment of frames. It is not for use by several goroutines at
// once.
type Writer struct {
	ctx     context.Context
	opts    WriterOptions
	path    string
	p       *process
	stdin   *os.File
	stream  rawStream
	pack    *packer // of a PNG sequence
	held    *Frame  // the frame before, until its length is known
	segment Segment
	err     error // sticky
	ended   bool
}

// NewWriter starts a segment. Its bytes go to path with ".part" behind it; the
// file has its name once Close has succeeded. A Writer must be closed or
// aborted.
func NewWriter(ctx context.Context, path string, opts WriterOptions) (*Writer, error) {
	if !opts.Format.Valid() || opts.Width <= 0 || opts.Height <= 0 {
		return nil, mattebox.Errorf(mattebox.CodeInternal, "a segment of %q, %dx%d cannot be written", opts.Format, opts.Width, opts.Height)
	}
	if err := opts.Format.CheckBackground(!opts.Opaque); err != nil {
		return nil, err
	}
	if opts.Width < 2 || opts.Height < 2 {
		return nil, mattebox.Errorf(mattebox.CodeInvalid, "the clip would be %dx%d; at least 2x2 pixels are needed", opts.Width, opts.Height)
	}
	if !opts.Rate.Known() {
		opts.Rate = Rate{25, 1}
	}
	w := &Writer{ctx: ctx, opts: opts, path: path, segment: Segment{
		Path: path, Format: opts.Format, Opaque: opts.Opaque, Width: opts.Width, Height: opts.Height,
		Rate: opts.Rate, VariableRate: opts.VariableRate,
	}}
	if err := w.start(); err != nil {
		w.Abort()
		return nil, err
	}
	return w, nil
}

func (w *Writer) start() error {
	theirs, ours, err := widePipe()
	if err != nil {
		return fmt.Errorf("making a pipe: %w", err)
	}
	w.stdin = ours
	in := pipes{stdin: theirs}
	if w.opts.Format == PNGSequence {
		if w.pack, in.stdout, err = newPacker(w.part()); err != nil {
			theirs.Close()
			return err
		}
	}
	if w.p, err = start(w.ctx, "ffmpeg", w.args(), in); err != nil {
		return err
	}
	w.stream.w = ours
	return w.broken(w.stream.begin(w.opts.Width, w.opts.Height, w.opts.nominal()))
}

// encoders is the number of threads of every encoder, whatever the machine has: what
// libvpx and x264 make depends on it, and segments of one clip are made on many machines.
const encoders = "4"

func (w *Writer) part() string { return w.path + ".part" }

// args make ffmpeg read frames from stdin and write the segment.
func (w *Writer) args() []string {
	recipe := recipes()[w.opts.Format]
	args := []string{
		"-v", "error", "-hide_banner", "-protocol_whitelist", "file,pipe", "-f", "matroska",
		"-probesize", "32", "-analyzeduration", "0", "-i", "pipe:0",
	}
	args = append(args, recipe.encode(w.opts)...)
	args = append(args, "-threads", encoders,
		"-fps_mode", "passthrough", "-enc_time_base", w.opts.timeBase(), "-map_metadata", "-1",
		"-fflags", "+bitexact", "-flags:v", "+bitexact", "-f", recipe.segment, "-y")
	if w.opts.Format == PNGSequence {
		return append(args, "pipe:1")
	}
	return append(args, local(w.part()))
}

// timeBase returns the encoder's clock: the rate's own grid, or that of MPEG.
func (o WriterOptions) timeBase() string {
	if o.VariableRate {
		return "1/90000"
	}
	return fmt.Sprintf("%d/%d", o.Rate.Den, o.Rate.Num)
}

// timescale returns the ticks a second of an MP4 file, which hold the clock of
// timeBase exactly.
func (o WriterOptions) timescale() int64 {
	if o.VariableRate {
		return 90000
	}
	n := o.Rate.Num
	for n < 10000 {
		n *= 2
	}
	return n
}

// Write takes the next frame, whose time is after the one before. It has used
// Pix when it returns.
func (w *Writer) Write(f *Frame) error {
	if w.err != nil {
		return w.err
	}
	if f.Width != w.opts.Width || f.Height != w.opts.Height || len(f.Pix) != 4*f.Width*f.Height {
		return mattebox.Errorf(mattebox.CodeInternal, "a frame of %dx%d does not go into a segment of %dx%d", f.Width, f.Height, w.opts.Width, w.opts.Height)
	}
	if w.held == nil {
		w.held = NewFrame(f.Width, f.Height)
		w.segment.First = f.At
	} else {
		if f.At <= w.held.At {
			return mattebox.Errorf(mattebox.CodeInternal, "a frame at %s comes after one at %s", f.At, w.held.At)
		}
		if err := w.flush(f.At); err != nil {
			return err
		}
	}
	copy(w.held.Pix, f.Pix)
	w.held.At = f.At
	w.segment.Frames++
	return nil
}

// flush writes the held frame, which is shown until the time.
func (w *Writer) flush(until time.Duration) error {
	at := w.held.At
	if w.pack != nil {
		w.pack.times = append(w.pack.times, Span{at, until})
	}
	return w.broken(w.stream.frame(at-w.segment.First, until-at, w.held.Pix))
}

// broken makes of a failed write what ffmpeg says of it.
func (w *Writer) broken(err error) error {
	if err == nil {
		return nil
	}
	w.stdin.Close()
	if ended := fault(w.ctx, w.p.wait(), w.p.words); ended != nil {
		err = ended
	}
	w.err = err
	return err
}

// Close completes the segment, whose last frame is shown until end.
func (w *Writer) Close(end time.Duration) (*Segment, error) {
	defer w.Abort()
	if w.err != nil {
		return nil, w.err
	}
	if w.held == nil {
		return nil, mattebox.Errorf(mattebox.CodeInvalid, "the clip has no frames there")
	}
	if err := w.finish(max(end, w.held.At+1)); err != nil {
		return nil, err
	}
	w.stdin.Close()
	var packed error
	if w.pack != nil {
		packed = w.pack.wait()
	}
	if err := fault(w.ctx, errors.Join(w.p.wait(), packed), w.p.words); err != nil {
		return nil, err
	}
	if err := publish(w.part(), w.path); err != nil {
		return nil, err
	}
	s := w.segment
	return &s, nil
}

// repeats reports whether a last frame that stays for long has to be written twice:
// GIF and WebP are encoded anew, where ffmpeg forgets how long it is shown. Of the
// others Join knows it, and a PNG sequence says it.
func (o WriterOptions) repeats() bool { return recipes()[o.Format].segment == lossless }

// nominal is how long ffmpeg takes a frame to be shown when nothing else tells.
func (o WriterOptions) nominal() time.Duration {
	if o.VariableRate && o.repeats() {
		return time.Second / fastestPicture
	}
	return o.Rate.Frame()
}

func (w *Writer) finish(end time.Duration) error {
	w.segment.Last, w.segment.End = w.held.At, end
	if w.opts.repeats() && end-w.held.At > w.opts.nominal()*3/2 {
		again := end - w.opts.nominal()
		if err := w.flush(again); err != nil {
			return err
		}
		w.held.At = again
	}
	return w.flush(end)
}

// Abort ends the work and removes what there is of it. After Close it does
// nothing.
func (w *Writer) Abort() {
	if w.ended {
		return
	}
	w.ended = true
	if w.stdin != nil {
		w.stdin.Close()
	}
	if w.p != nil {
		w.p.stop()
	}
	if w.pack != nil {
		_ = w.pack.wait() // its reader ends with the program
	}
	os.Remove(w.part())
	w.err = errors.Join(w.err, os.ErrClosed)
}

// publish makes a finished file durable and gives it its name.
func publish(part, path string) error {
	f, err := os.Open(part)
	if err != nil {
		return fmt.Errorf("finishing %s: %w", path, err)
	}
	err = f.Sync()
	f.Close()
	if err == nil {
		err = os.Rename(part, path)
	}
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	if err != nil {
		return mattebox.Wrap(mattebox.CodeInternal, err, "cannot write %s", path)
	}
	return nil
}
