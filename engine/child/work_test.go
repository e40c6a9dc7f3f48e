package child

import (
	"bytes"
	"context"
	"encoding/json"
	"image"
	"image/color"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mattebox"
	"mattebox/engine"
	"mattebox/engine/pool"
	"mattebox/imaging"
)

// writes is an engine that writes the texts.
func writes(result, thumbnail string) stage {
	return stage{remove: func(_ context.Context, job engine.Job, w io.Writer) (*engine.Report, error) {
		if _, err := io.WriteString(w, result); err != nil {
			return nil, err
		}
		if job.Thumbnail != nil {
			if _, err := io.WriteString(job.Thumbnail, thumbnail); err != nil {
				return nil, err
			}
		}
		return &engine.Report{Width: len(job.Source), Scale: job.Scale, Warnings: []string{string(job.Quality), string(job.Matte)}}, nil
	}}
}

func TestRemoveWritesFiles(t *testing.T) {
	l := serve(t, Config{Engine: writes("result", "thumb"), Best: mattebox.QualityFast, Notes: []string{"small net only"}})
	task := order(t, "a source")
	task.Mattes = []string{filepath.Join(filepath.Dir(task.Out), "matte")}
	for _, path := range []string{task.Out + pool.PartSuffix, task.Out} {
		if err := os.WriteFile(path, []byte("left by a child that was killed"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if m := l.ask(pool.OpMeasure, task); m.Measured == nil || m.Measured.Scale != .5 || len(m.Measured.Photos) != 1 {
		t.Fatalf("answer %+v, fault %v", m, m.Fault.Err())
	}
	a := l.ask(pool.OpRemove, task)
	if a.Report == nil || a.Report.Bytes != 6 || a.Report.ThumbnailBytes != 5 || a.Report.Width != 8 || a.Report.Scale != .5 {
		t.Fatalf("report %+v, fault %v", a.Report, a.Fault.Err())
	}
	if w := a.Report.Warnings; len(w) != 3 || w[0] != "fast" || w[1] != "a matte" || w[2] != "small net only" {
		t.Errorf("quality, matte and note are %q", w)
	}
	wantFile(t, task.Out, "result")
	wantFile(t, task.Thumbnail, "thumb")
	wantFile(t, task.Out+pool.PartSuffix, "")
	if err := l.end(); err != nil {
		t.Error(err)
	}
}

// wantFile fails the test unless the file has the content; empty stands for none.
func wantFile(t *testing.T, path, content string) {
	t.Helper()
	got, err := os.ReadFile(path)
	if string(got) != content || content == "" && err == nil {
		t.Errorf("%s holds %q, error %v; want %q", filepath.Base(path), got, err, content)
	}
}

// What is wrong with a task is answered, leaves no files, and the next is served.
func TestFaultsAreAnswered(t *testing.T) {
	l := serve(t, Config{Engine: writes("result", ""), Limits: imaging.Limits{Bytes: 20}})
	good, err := json.Marshal(order(t, "x"))
	if err != nil {
		t.Fatal(err)
	}
	change := func(f func(*pool.Task)) any {
		task := order(t, "x")
		f(&task)
		return task
	}
	for name, tt := range map[string]struct {
		task any
		code mattebox.Code
		says string
	}{
		"not a task":        {`[]`, mattebox.CodeInternal, ""},
		"template":          {strings.Replace(string(good), `"PNG"`, `"DOC"`, 1), mattebox.CodeInvalid, "templateOutputFormat"},
		"no source":         {change(func(k *pool.Task) { k.Sources = nil }), mattebox.CodeInvalid, "0 source pictures"},
		"too many":          {change(func(k *pool.Task) { k.Sources = make([]string, 6) }), mattebox.CodeInvalid, "6 source pictures"},
		"missing":           {change(func(k *pool.Task) { k.Sources[0] += "x" }), mattebox.CodeInternal, "no such file"},
		"a folder":          {change(func(k *pool.Task) { k.Sources[0] = filepath.Dir(k.Out) }), mattebox.CodeInternal, "not a regular file"},
		"too long":          {order(t, strings.Repeat("x", 21)), mattebox.CodeTooLarge, "21 bytes"},
		"no folder for it":  {change(func(k *pool.Task) { k.Out += "/out.png" }), mattebox.CodeUnavailable, "cannot be written"},
		"nor the thumbnail": {change(func(k *pool.Task) { k.Thumbnail += "/x.jpg" }), mattebox.CodeUnavailable, "cannot be written"},
		"a matte's folder":  {change(func(k *pool.Task) { k.Mattes = []string{filepath.Dir(k.Out)} }), mattebox.CodeInternal, "matte"},
	} {
		a := l.ask(pool.OpRemove, tt.task)
		if err := a.Fault.Err(); mattebox.CodeOf(err) != tt.code || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v", name, err)
		}
		if task, ok := tt.task.(pool.Task); ok {
			wantFile(t, task.Out, "")
			wantFile(t, task.Out+pool.PartSuffix, "")
		}
	}
	if a := l.ask("dance", string(good)); mattebox.CodeOf(a.Fault.Err()) != mattebox.CodeInternal {
		t.Errorf("an unknown operation: %v", a.Fault.Err())
	}
	if a := l.ask(pool.OpHeader, string(good)); mattebox.CodeOf(a.Fault.Err()) != mattebox.CodeInvalid {
		t.Errorf("a header of what is no picture: %v", a.Fault.Err())
	}
	if a := l.ask(pool.OpRemove, string(good)); a.Report == nil {
		t.Errorf("after all that: %v", a.Fault.Err())
	}
}

// A disk that is full is not the picture's fault, whatever the encoder makes of it.
func TestFullDisk(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip(err)
	}
	out, err := newOutFile(filepath.Join(t.TempDir(), "out.png"))
	if err != nil {
		t.Fatal(err)
	}
	out.file.Close()
	out.file = full
	out.w.Reset(full)
	if _, err := out.Write(make([]byte, 1<<20)); err == nil || mattebox.CodeOf(out.err) != mattebox.CodeUnavailable {
		t.Errorf("writing: %v; kept: %v", err, out.err)
	}
	if err := out.publish(); mattebox.CodeOf(err) != mattebox.CodeUnavailable {
		t.Errorf("publishing: %v", err)
	}
}

// A large picture asks for memory before it is decoded, and waits for the grant.
func TestLargePicturesAskForMemory(t *testing.T) {
	l := serve(t, Config{Engine: writes("result", "")})
	large := order(t, string(blank(t, 5000, 4000)))
	l.begin(pool.OpRemove, large)
	if a := l.answer(); a.Needs < 5000*4000*6 || a.Report != nil {
		t.Errorf("answer %+v", a)
	}
	wantFile(t, large.Out+pool.PartSuffix, "")
	l.send(pool.Request{ID: l.request, Op: pool.OpGrant})
	if a := l.answer(); a.Report == nil {
		t.Errorf("after the grant: %v", a.Fault.Err())
	}
	l.begin(pool.OpRemove, large)
	if a := l.answer(); a.Needs == 0 {
		t.Errorf("the next one: %+v", a)
	}
	l.send(pool.Request{ID: l.request, Op: pool.OpCancel})
	if a := l.answer(); a.Fault == nil {
		t.Errorf("cancelled: %+v", a)
	}
	if a := l.ask(pool.OpRemove, order(t, string(blank(t, 100, 100)))); a.Report == nil {
		t.Errorf("a small one: %+v", a)
	}
	if a := l.ask(pool.OpHeader, large); a.Header == nil || a.Header.Width != 5000 {
		t.Errorf("a header: %+v", a)
	}
}

// blank is a PNG of one colour.
func blank(t *testing.T, width, height int) []byte {
	t.Helper()
	var b bytes.Buffer
	e := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := e.Encode(&b, image.NewPaletted(image.Rect(0, 0, width, height), color.Palette{color.Black, color.White})); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestNeeds(t *testing.T) {
	small, large := blank(t, 1000, 1000), blank(t, 5000, 4000)
	poster := mattebox.DefaultTemplate()
	poster.Resize, poster.Width, poster.Height = mattebox.ResizeFixed, 10000, 9000
	for name, tt := range map[string]struct {
		template  mattebox.Template
		sources   [][]byte
		megabytes int64
	}{
		"a photograph":     {mattebox.DefaultTemplate(), [][]byte{small}, 115},
		"a large one":      {mattebox.DefaultTemplate(), [][]byte{large}, 324},
		"several":          {mattebox.DefaultTemplate(), [][]byte{large, small}, 335},
		"on a large sheet": {poster, [][]byte{small}, 560},
		"no picture":       {poster, [][]byte{small, nil}, 0},
	} {
		if got := needs(pool.Task{Template: tt.template}, tt.sources, imaging.Limits{}) / 1e6; got != tt.megabytes {
			t.Errorf("%s: %d MB, want %d", name, got, tt.megabytes)
		}
	}
}
