package video

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"mattebox"
)

// ReadOptions say which frames a Reader gives, and in what size.
type ReadOptions struct {
	From, To      time.Duration // frames with From <= time < To; To 0: to the end
	Width, Height int           // 0: the clip's own
	Cover         bool          // keep the shape: fill the size and cut off what stands over, instead of stretching
	Threads       int           // for decoding; 0: as ffmpeg thinks fit
}

// Reader gives a clip's frames one after the other. It is not for use by several
// goroutines at once.
type Reader struct {
	ctx    context.Context
	info   *Info
	opts   ReadOptions
	p      *process
	pix    *os.File // raw frames
	stamps *os.File // "frame:0 pts:30030 pts_time:1.001", a line before each frame
	times  *bufio.Reader
	pool   *sync.Pool
	last   time.Duration // of the frame before
	given  int
	err    error // sticky
}

// early is how much before a time ffmpeg is told to begin and to end, so that its
// rounding of times does not lose a frame; the Reader looks at the exact times.
const early = 3 * time.Millisecond

// NewReader starts decoding the span that the options name. Decoding begins at the
// key frame at or before From. A Reader must be closed.
func NewReader(ctx context.Context, path string, info *Info, opts ReadOptions) (*Reader, error) {
	if opts.Width <= 0 || opts.Height <= 0 {
		opts.Width, opts.Height = info.Width, info.Height
	}
	if opts.To <= 0 || opts.To > info.Duration {
		opts.To = info.Duration
	}
	r := &Reader{ctx: ctx, info: info, opts: opts, pool: framePool(opts.Width, opts.Height), last: -1}
	pix, pixIn, err := widePipe()
	if err != nil {
		return nil, fmt.Errorf("making a pipe: %w", err)
	}
	stamps, stampsIn, err := os.Pipe()
	if err != nil {
		pix.Close()
		pixIn.Close()
		return nil, fmt.Errorf("making a pipe: %w", err)
	}
	r.pix, r.stamps, r.times = pix, stamps, bufio.NewReader(stamps)
	r.p, err = start(ctx, "ffmpeg", r.args(path), pipes{stdout: pixIn, files: []*os.File{stampsIn}})
	if err != nil {
		pix.Close()
		stamps.Close()
		return nil, err
	}
	return r, nil
}

// args make ffmpeg write raw frames to stdout and their times to descriptor 3.
func (r *Reader) args(path string) []string {
	i := r.info
	args := append(guards(i.kind()), "-nostdin", "-hide_banner")
	if r.opts.Threads > 0 {
		args = append(args, "-threads", strconv.Itoa(r.opts.Threads))
	}
	if c := i.decoder(); c != "" {
		args = append(args, "-c:v", c)
	}
	args = append(args, "-copyts")
	if r.opts.From > i.First {
		args = append(args, "-seek_timestamp", "1", "-noaccurate_seek", "-ss", i.stamp(r.opts.From+early))
	}
	return append(args, "-i", local(path), "-map", "0:"+strconv.Itoa(i.Track.Stream),
		"-vf", r.filter(), "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "rgba", "pipe:1")
}

// decoder returns the one that reads alpha, where ffmpeg's own does not.
func (i *Info) decoder() string {
	switch {
	case i.HasAlpha && i.Codec == "vp9":
		return "libvpx-vp9"
	case i.HasAlpha && i.Codec == "vp8":
		return "libvpx"
	}
	return ""
}

// stamp writes a time for ffmpeg, on the container's own clock.
func (i *Info) stamp(t time.Duration) string {
	return strconv.FormatFloat((t + time.Duration(i.Track.Start)).Seconds(), 'f', 6, 64)
}

// filter returns the chain from decoded frames, which ffmpeg has turned upright, to
// ours.
func (r *Reader) filter() string {
	i := r.info
	var chain []string
	trim, lag := "", i.Track.TimeBase.at(i.Track.Lag)
	if r.opts.From > i.First {
		trim += ":start=" + i.stamp(r.opts.From+lag-early)
	}
	if r.opts.To < i.Duration {
		trim += ":end=" + i.stamp(r.opts.To+lag+early)
	}
	if trim != "" {
		chain = append(chain, "trim="+trim[1:])
	}
	if i.Track.Interlaced && i.Rotation == 0 {
		chain = append(chain, "yadif=mode=send_frame:deint=interlaced")
	}
	matrix := i.matrix()
	if i.brilliant() {
		chain, matrix = append(chain, toneMap), "bt709"
	}
	chain = append(chain, r.resize(matrix), "format=rgba", "setsar=1")
	// yadif halves the clock's tick.
	chain = append(chain, fmt.Sprintf("settb=%d/%d", i.Track.TimeBase.Den, i.Track.TimeBase.Num))
	// The times are printed only for frames that have an entry to print.
	chain = append(chain, "metadata=mode=add:key=t:value=1", `metadata=mode=print:direct=1:file=pipe\\:3`)
	return strings.Join(chain, ",")
}

// toneMap brings the light of HDR to what a screen of BT.709 shows.
const toneMap = "zscale=transfer=linear:npl=100,format=gbrpf32le,zscale=primaries=bt709,tonemap=hable:desat=0," +
	"zscale=transfer=bt709:matrix=bt709:range=tv,format=yuv420p"

// brilliant reports whether the clip is in HDR (HDR10 and Dolby Vision's PQ, or HLG).
func (i *Info) brilliant() bool {
	return i.Track.Transfer == "smpte2084" || i.Track.Transfer == "arib-std-b67"
}

// resize returns the filters that bring frames to the wanted size and to RGB.
func (r *Reader) resize(matrix string) string {
	w, h := r.opts.Width, r.opts.Height
	scale := fmt.Sprintf("scale=%d:%d:in_color_matrix=%s:flags=bicubic+accurate_rnd+full_chroma_int", w, h, matrix)
	if r.opts.Cover {
		return r.cover() + "," + scale
	}
	return scale
}

// cover returns the filter that cuts off what stands over, to a pixel of the clip at
// least. Scaling comes after it: ffmpeg would hold all that a long thin clip comes to
// at the canvas's size.
func (r *Reader) cover() string {
	// The shares that are kept, of the frame as it is seen, with square pixels.
	across := float64(r.opts.Width) / float64(r.info.Width)
	down := float64(r.opts.Height) / float64(r.info.Height)
	most := max(across, down)
	return fmt.Sprintf(`crop=w=max(1\,round(iw*%.9f)):h=max(1\,round(ih*%.9f)):exact=1`, across/most, down/most)
}

// matrix returns the colour matrix of the clip; what does not say is taken as
// players take it.
func (i *Info) matrix() string {
	switch i.Track.Matrix {
	case "bt709", "fcc", "smpte170m", "smpte240m", "bt470bg", "bt2020nc", "bt2020c":
		return strings.TrimSuffix(strings.TrimSuffix(i.Track.Matrix, "nc"), "0c")
	case "":
		if i.Track.Height >= 720 || i.Track.Width >= 1280 {
			return "bt709"
		}
		return "bt601"
	}
	return "auto"
}

// Next returns the next frame, which the caller releases; io.EOF after the last.
// A clip of which no frame can be decoded is a CodeInvalid error.
func (r *Reader) Next() (*Frame, error) {
	for r.err == nil {
		at, err := r.nextTime()
		if err != nil {
			r.err = r.end(err)
			break
		}
		f := r.pool.Get().(*Frame)
		if _, err := io.ReadFull(r.pix, f.Pix); err != nil {
			f.Release()
			r.err = r.end(err)
			break
		}
		if at < r.opts.From || at >= r.opts.To || at <= r.last {
			f.Release()
			continue
		}
		f.At, r.last = at, at
		r.given++
		return f, nil
	}
	return nil, r.err
}

// nextTime reads lines up to the one that tells the next frame's time.
func (r *Reader) nextTime() (time.Duration, error) {
	for {
		line, err := r.times.ReadString('\n')
		if err != nil {
			return 0, err
		}
		if ticks, ok := parseStamp(line); ok {
			return r.info.clock(ticks - r.info.Track.Lag), nil
		}
		if strings.HasPrefix(line, "frame:") { // without a time: one frame after the last
			return max(r.last, r.info.First-r.info.Rate.Frame()) + max(r.info.Rate.Frame(), 1), nil
		}
	}
}

// parseStamp reads the ticks of "frame:12   pts:34034   pts_time:1.13447".
func parseStamp(line string) (int64, bool) {
	_, after, found := strings.Cut(line, " pts:")
	if !found {
		return 0, false
	}
	text, _, _ := strings.Cut(after, " ")
	ticks, err := strconv.ParseInt(text, 10, 64)
	return ticks, err == nil
}

// end returns what the end of the streams comes to.
func (r *Reader) end(err error) error {
	if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		r.p.stop()
		return fmt.Errorf("reading frames: %w", err)
	}
	if err := fault(r.ctx, r.p.wait(), r.p.words); err != nil {
		return err
	}
	if r.given == 0 {
		return mattebox.Wrap(mattebox.CodeInvalid, errors.New(r.p.words.String()), "no frame of the clip between %s and %s can be decoded; it is damaged", r.opts.From, r.opts.To)
	}
	return io.EOF
}

// Close ends decoding, which may be in the middle of the clip.
func (r *Reader) Close() error {
	r.p.stop()
	return errors.Join(r.pix.Close(), r.stamps.Close())
}
