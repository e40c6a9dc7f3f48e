package child

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"time"

	"mattebox"
	"mattebox/engine/clip"
	"mattebox/engine/pool"
	"mattebox/imaging"
	"mattebox/video"
)

// Cutter makes segments of clips; *clip.Cutter does.
type Cutter interface {
	Run(ctx context.Context, j clip.Job) (*clip.Report, error)
}

// workClip does what the request asks for of a clip.
func (s *server) workClip(ctx context.Context, r pool.Request) pool.Answer {
	var t pool.ClipTask
	if err := pool.ParseFrame(r.Task, &t); err != nil {
		return fault(err)
	}
	if s.config.Faults {
		s.misbehave(r.Op, []string{t.Source}, [][]byte{ending(t.Source)})
	}
	var a pool.Answer
	var err error
	switch r.Op {
	case pool.OpProbe:
		a.Probed, err = s.probe(ctx, t)
	case pool.OpCut:
		a.Cut, err = s.cut(ctx, r, t)
	case pool.OpJoin:
		a.Joined, err = s.join(ctx, r, t)
	}
	if err != nil {
		return fault(err)
	}
	return a
}

// ending reads the end of a file, where a test can put a marker without harm to a
// clip.
func ending(path string) []byte {
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	_, _ = f.Seek(-256, io.SeekEnd)
	data, _ := io.ReadAll(io.LimitReader(f, 256))
	return data
}

// probe looks at the clip, and whether what was ordered can be made of it.
func (s *server) probe(ctx context.Context, t pool.ClipTask) (*pool.Probed, error) {
	limits := video.DefaultLimits()
	if t.Bytes > 0 {
		limits.Bytes = t.Bytes
	}
	info, err := video.Probe(ctx, t.Source, limits)
	if err != nil {
		return nil, err
	}
	if err := writeInfo(t.Info, info); err != nil {
		return nil, err
	}
	probed := &pool.Probed{Clip: mattebox.Clip{
		Container: info.Container, Codec: info.Codec, Width: info.Width, Height: info.Height,
		Duration: info.Duration, Frames: info.Frames, HasAlpha: info.HasAlpha, HasSound: info.HasSound,
	}}
	if t.Length <= 0 {
		return probed, nil // only the clip is asked about
	}
	until := info.Duration
	if t.Order.Preview > 0 {
		until = min(until, t.Order.Preview)
	}
	for _, span := range info.Segments(t.Length, until) {
		probed.Spans = append(probed.Spans, mattebox.ClipSpan{From: span.From, To: span.To, Frames: info.Expected(span)})
	}
	return probed, s.probeBehind(ctx, t, limits)
}

// probeBehind looks at the background's file.
func (s *server) probeBehind(ctx context.Context, t pool.ClipTask, limits video.Limits) error {
	switch t.Order.Background.Kind {
	case mattebox.BehindVideo:
		info, err := video.Probe(ctx, t.Behind, limits)
		if err != nil {
			return behind(err)
		}
		return writeInfo(t.BehindInfo, info)
	case mattebox.BehindImage:
		data, err := readFile(t.Behind, imaging.DefaultLimits().Bytes)
		if err == nil {
			_, err = s.header(data)
		}
		return behind(err)
	}
	return nil
}

// behind says that an error is about the background.
func behind(err error) error {
	var e *mattebox.Error
	if !errors.As(err, &e) || e.Code != mattebox.CodeInvalid && e.Code != mattebox.CodeTooLarge {
		return err
	}
	return &mattebox.Error{Code: e.Code, Field: "background", Message: e.Message, Err: e.Err}
}

func writeInfo(path string, info *video.Info) error {
	if path == "" {
		return nil
	}
	text, err := json.Marshal(info)
	if err != nil {
		return err
	}
	out, err := newOutFile(path)
	if err != nil {
		return err
	}
	defer out.discard()
	if _, err := out.Write(text); err != nil {
		return notWritten(err)
	}
	return out.publish()
}

func readInfo(path string) (*video.Info, error) {
	text, err := os.ReadFile(path)
	var info video.Info
	if err == nil {
		err = json.Unmarshal(text, &info)
	}
	if err != nil {
		return nil, mattebox.Wrap(mattebox.CodeInternal, err, "what is known of the clip cannot be read")
	}
	return &info, nil
}

// cut makes one segment.
func (s *server) cut(ctx context.Context, r pool.Request, t pool.ClipTask) (*pool.Cut, error) {
	info, err := readInfo(t.Info)
	if err != nil {
		return nil, err
	}
	job := clip.Job{
		In: t.Source, Info: info, From: t.From, To: t.To, Model: clip.Model(t.Order.Model), Format: video.Format(t.Order.Format),
		Out: t.Out, Progress: s.progress(r),
	}
	if job.Scene, err = scene(t); err != nil {
		return nil, err
	}
	if err := s.reserveClip(ctx, r, job); err != nil {
		return nil, err
	}
	report, err := s.config.Cutter.Run(ctx, job)
	if err != nil {
		return nil, err
	}
	about, err := json.Marshal(report.Segment)
	if err != nil {
		return nil, err
	}
	c := &pool.Cut{Frames: report.Frames, About: about, Net: report.Steps.Net}
	for _, w := range report.Warnings {
		c.Warnings = append(c.Warnings, string(w))
	}
	c.Warnings = append(c.Warnings, s.config.Notes...)
	return c, nil
}

// reserveClip asks for the memory of a segment, with that of the picture behind it.
func (s *server) reserveClip(ctx context.Context, r pool.Request, job clip.Job) error {
	if err := job.Scene.Validate(); err != nil {
		return err
	}
	bytes := job.Memory()
	if b := job.Scene.Background; b.Kind == clip.Picture {
		data, err := readFile(b.Path, imaging.DefaultLimits().Bytes)
		if err != nil {
			return behind(err)
		}
		bytes += needs(pool.Task{}, [][]byte{data}, imaging.DefaultLimits())
	}
	return s.reserve(ctx, r, bytes)
}

// scene is what the order puts the subject into.
func scene(t pool.ClipTask) (clip.Scene, error) {
	c := t.Order.Composition
	anchor, err := clip.ParseAnchor(c.Anchor)
	if err != nil {
		return clip.Scene{}, err
	}
	sc := clip.Scene{Anchor: anchor, Scale: c.Scale}
	sc.Canvas.X, sc.Canvas.Y, sc.Offset.X, sc.Offset.Y = c.Width, c.Height, c.OffsetX, c.OffsetY
	b := t.Order.Background
	switch b.Kind {
	case "", mattebox.BehindNothing:
	case mattebox.BehindColor:
		sc.Background = clip.Background{Kind: clip.Colour, Colour: b.Color}
	case mattebox.BehindImage:
		sc.Background = clip.Background{Kind: clip.Picture, Path: t.Behind}
	case mattebox.BehindBlur:
		sc.Background = clip.Background{Kind: clip.Blur}
	case mattebox.BehindVideo:
		sc.Background = clip.Background{Kind: clip.Film, Path: t.Behind}
		sc.Background.Info, err = readInfo(t.BehindInfo)
	default:
		err = mattebox.Invalid("background", "is %.20q, which is not known here", string(b.Kind))
	}
	return sc, err
}

// join puts the segments together.
func (s *server) join(ctx context.Context, r pool.Request, t pool.ClipTask) (*pool.Joined, error) {
	info, err := readInfo(t.Info)
	if err != nil {
		return nil, err
	}
	tell := s.progress(r)
	o := video.JoinOptions{Source: t.Source, Info: info, Out: t.Out, Progress: func(share float64) { tell(int(share*1000), 1000) }}
	joined := &pool.Joined{}
	for n, piece := range t.Segments {
		var segment video.Segment
		if err := json.Unmarshal(piece.About, &segment); err != nil {
			return nil, mattebox.Wrap(mattebox.CodeInternal, err, "segment %d cannot be understood", n+1)
		}
		segment.Path = piece.Path
		o.Segments = append(o.Segments, segment)
		joined.Frames += segment.Frames
		joined.Width, joined.Height, joined.Duration, joined.MediaType = segment.Width, segment.Height, segment.End, segment.Format.MediaType()
	}
	if err := video.Join(ctx, o); err != nil {
		return nil, err
	}
	file, err := os.Stat(t.Out)
	if err != nil {
		return nil, notWritten(err)
	}
	joined.Bytes = file.Size()
	return joined, nil
}

// tellEvery is how often the pool is told how far the work is.
const tellEvery = 200 * time.Millisecond

// progress returns what tells the pool how far the request is; it is called from one
// goroutine, and not any more when the request is answered.
func (s *server) progress(r pool.Request) func(done, of int) {
	var told time.Time
	return func(done, of int) {
		if now := time.Now(); now.Sub(told) >= tellEvery {
			told = now
			// A broken stream is met again with the answer.
			_ = pool.WriteFrame(s.out, pool.Answer{ID: r.ID, Progress: &pool.Progress{Done: done, Of: of}})
		}
	}
}
