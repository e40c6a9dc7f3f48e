package onnx

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"mattebox/matte"
	"mattebox/weights"
)

// native is the process's one runtime; nil, with the reason, where none is
// installed.
var (
	native    *Runtime
	nativeErr error
)

func TestMain(m *testing.M) {
	native, nativeErr = openInstalled()
	code := m.Run()
	if native != nil {
		if err := native.Close(); err != nil {
			println("closing the runtime:", err.Error())
			code = 1
		}
	}
	os.Exit(code)
}

// openInstalled opens the library that the command line uses.
func openInstalled() (*Runtime, error) {
	home := os.Getenv("MATTEBOX_HOME")
	if home == "" {
		data := os.Getenv("XDG_DATA_HOME")
		if data == "" {
			user, err := os.UserHomeDir()
			if err != nil {
				return nil, err
			}
			data = filepath.Join(user, ".local", "share")
		}
		home = filepath.Join(data, "mattebox")
	}
	store, err := weights.Open(filepath.Join(home, "models"))
	if err != nil {
		return nil, err
	}
	path, err := store.Runtime()
	if err != nil {
		return nil, err
	}
	return Open(path)
}

func needRuntime(t testing.TB) *Runtime {
	t.Helper()
	if native == nil {
		t.Skip(nativeErr)
	}
	return native
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func plainNet(size int) redNet {
	return redNet{
		spec:  matte.Spec{Name: "plain", Size: size, Resize: matte.Stretch, Divisor: 255, Std: [3]float32{1, 1, 1}, Activation: matte.None},
		input: "input", output: "output", gain: 20,
	}
}

func load(t testing.TB, r redNet, c Config) *Net {
	t.Helper()
	n, err := needRuntime(t).Load(r.file(t), r.spec, c)
	must(t, err)
	t.Cleanup(func() { must(t, n.Close()) })
	return n
}

// redDisc is a picture with a red disc off its middle on blue, and its matte.
func redDisc(width, height int) (*matte.Picture, []bool) {
	p := &matte.Picture{Width: width, Height: height}
	inside := make([]bool, width*height)
	for i := range inside {
		x, y := float64(i%width)+.5, float64(i/width)+.5
		inside[i] = math.Hypot(x-.4*float64(width), y-.55*float64(height)) < .25*float64(min(width, height))
		colour := []uint8{10, 60, 255}
		if inside[i] {
			colour = []uint8{255, 60, 10}
		}
		p.Pix = append(p.Pix, colour...)
	}
	return p, inside
}

// Every family of the manifest, with its own input recipe, runs through the
// engine and finds the subject.
func TestEveryFamilyOfTheManifest(t *testing.T) {
	entries, err := weights.Manifest()
	must(t, err)
	var kinds []weights.Kind
	for _, e := range entries {
		if e.IsRuntime() {
			continue
		}
		kinds = append(kinds, e.Kind)
		r := redNet{spec: *e.Spec, input: "x", output: "y", gain: 20}
		if e.Spec.Input != "" {
			r.input, r.output = e.Spec.Input, e.Spec.Output
		}
		if e.Kind == weights.KindU2Net {
			r.sides = 6
		}
		t.Run(e.Name, func(t *testing.T) { checkFamily(t, r) })
	}
	for _, want := range []weights.Kind{weights.KindU2Net, weights.KindISNet, weights.KindORMBG, weights.KindBiRefNet, weights.KindMODNet} {
		if !strings.Contains(strings.Join(words(kinds), " "), string(want)) {
			t.Errorf("no entry of kind %s", want)
		}
	}
}

func words(kinds []weights.Kind) []string {
	var out []string
	for _, k := range kinds {
		out = append(out, string(k))
	}
	return out
}

func checkFamily(t *testing.T, r redNet) {
	p, inside := redDisc(300, 200)
	m := &matte.Matter{Large: load(t, r, Config{Threads: 2}), Now: time.Now}
	got, err := m.Matte(t.Context(), p, matte.Options{Effort: matte.Best})
	must(t, err)
	var both, either int
	for i, in := range inside {
		out := got.Alpha[i] > 127
		if in && out {
			both++
		}
		if in || out {
			either++
		}
	}
	if overlap := float64(both) / float64(either); overlap < .97 {
		t.Errorf("overlap with the subject is %.3f", overlap)
	}
	if len(got.Nets) != 1 || got.Nets[0] != r.spec.Name {
		t.Errorf("nets are %q", got.Nets)
	}
}

func TestInferReturnsTheGraphsOutput(t *testing.T) {
	n := load(t, plainNet(4), Config{})
	in := &matte.Tensor{Width: 2, Height: 2, Data: []float32{1, 0, .5, 1, 0, 0, 0, 0, 0, 1, .5, 1}}
	got, err := n.Infer(t.Context(), in)
	must(t, err)
	for i, want := range []float64{1, 0, .5, .5} { // logits 10, -10, 0, 0
		if math.Abs(float64(got.Pix[i])-want) > 1e-4 {
			t.Errorf("value %d is %g, want %g", i, got.Pix[i], want)
		}
	}
	if s := n.Spec(); s.Input != "input" || s.Output != "output" {
		t.Errorf("the graph's names were not filled in: %q, %q", s.Input, s.Output)
	}
}

func TestLoadRefuses(t *testing.T) {
	rt := needRuntime(t)
	good := plainNet(4)
	whole, err := os.ReadFile(good.file(t))
	must(t, err)
	wrongIn, wrongOut := good.spec, good.spec
	wrongIn.Input, wrongOut.Output = "image", "mask"
	for _, tt := range []struct {
		name, path string
		spec       matte.Spec
		says       []string
	}{
		{"a wrong input name", good.file(t), wrongIn, []string{"input", `"image"`, `["input"]`}},
		{"a wrong output name", good.file(t), wrongOut, []string{"output", `"mask"`, `["output"]`}},
		{"no file", filepath.Join(t.TempDir(), "gone.onnx"), good.spec, []string{"plain", "gone.onnx"}},
		{"text", writeFile(t, "text.onnx", []byte("not a graph at all")), good.spec, []string{"plain", "text.onnx"}},
		{"nothing", writeFile(t, "empty.onnx", nil), good.spec, []string{"plain", "empty.onnx"}},
		{"a file cut short", writeFile(t, "short.onnx", whole[:len(whole)/2]), good.spec, []string{"plain", "short.onnx"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n, err := rt.Load(tt.path, tt.spec, Config{})
			if err == nil {
				n.Close()
				t.Fatal("no error")
			}
			for _, word := range tt.says {
				if !strings.Contains(err.Error(), word) {
					t.Errorf("error %q does not say %s", err, word)
				}
			}
		})
	}
}

func TestOutputOfAnotherSize(t *testing.T) {
	r := plainNet(8)
	r.pool = 2
	_, err := load(t, r, Config{}).Infer(t.Context(), &matte.Tensor{Width: 8, Height: 8, Data: make([]float32, 192)})
	if err == nil || !strings.Contains(err.Error(), "[1 1 4 4]") || !strings.Contains(err.Error(), "8 x 8") {
		t.Errorf("error is %v", err)
	}
}

func TestInputOfTooFewValues(t *testing.T) {
	if _, err := load(t, plainNet(8), Config{}).Infer(t.Context(), &matte.Tensor{Width: 8, Height: 8, Data: make([]float32, 100)}); err == nil {
		t.Error("no error")
	}
}

func TestConcurrentRuns(t *testing.T) {
	n := load(t, plainNet(64), Config{Runs: 2})
	var group sync.WaitGroup
	for i := range 16 {
		group.Go(func() {
			red := float32(i) / 16
			in := &matte.Tensor{Width: 64, Height: 64, Data: make([]float32, 3*64*64)}
			for j := range 64 * 64 {
				in.Data[j] = red
			}
			m, err := n.Infer(t.Context(), in)
			if err != nil {
				t.Error(err)
				return
			}
			want := 1 / (1 + math.Exp(-10*float64(red)))
			for _, v := range m.Pix {
				if math.Abs(float64(v)-want) > 1e-4 {
					t.Errorf("run %d has %g, want %g: another run's answer?", i, v, want)
					return
				}
			}
		})
	}
	group.Wait()
}

// A run that waits for its turn gives up with its context; the test holds the only
// turn, so that there is nothing to wait for but the context.
func TestCancellationWhileWaiting(t *testing.T) {
	n := load(t, plainNet(8), Config{Runs: 1})
	<-n.slots
	defer func() { n.slots <- struct{}{} }()
	ctx, cancel := context.WithCancelCause(t.Context())
	reason := errors.New("the customer left")
	done := make(chan error)
	go func() {
		_, err := n.Infer(ctx, &matte.Tensor{Width: 8, Height: 8, Data: make([]float32, 192)})
		done <- err
	}()
	cancel(reason)
	if err := <-done; !errors.Is(err, reason) || !strings.Contains(err.Error(), "plain") {
		t.Errorf("error is %v", err)
	}
}

func TestCloseWaitsForTheRunInHand(t *testing.T) {
	n := load(t, plainNet(8), Config{Runs: 2})
	<-n.slots // a run in hand
	closed := make(chan error)
	go func() { closed <- n.Close() }()
	for len(n.slots) > 0 { // until Close has taken the other turn
		runtime.Gosched()
	}
	select {
	case <-closed:
		t.Fatal("closed with a run in hand")
	default:
	}
	n.slots <- struct{}{} // the run ends
	must(t, <-closed)
	if _, err := n.Infer(t.Context(), &matte.Tensor{Width: 8, Height: 8, Data: make([]float32, 192)}); err == nil || !strings.Contains(err.Error(), "closed") {
		t.Errorf("a run after Close: error is %v", err)
	}
	must(t, n.Close())
}

func TestOneRuntimeInAProcess(t *testing.T) {
	needRuntime(t)
	if _, err := Open("elsewhere.so"); err == nil || !strings.Contains(err.Error(), "open already") {
		t.Errorf("error is %v", err)
	}
	if v := native.Version(); !strings.HasPrefix(v, "1.") {
		t.Errorf("version is %q", v)
	}
}
