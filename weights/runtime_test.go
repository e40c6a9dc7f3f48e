package weights

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	ort "github.com/yalue/onnxruntime_go"
)

// startRuntime starts the installed ONNX Runtime, or skips the test where there
// is none: "mattebox model install" brings it.
func startRuntime(t *testing.T) {
	t.Helper()
	store := userStore(t)
	lib, err := store.Runtime()
	if err != nil {
		t.Skip(err)
	}
	if ort.IsInitialized() {
		return
	}
	ort.SetSharedLibraryPath(lib)
	if err := ort.InitializeEnvironment(ort.WithLogLevelError()); err != nil {
		t.Fatal(err)
	}
}

// userStore is the store that the command line uses.
func userStore(t *testing.T) *Store {
	t.Helper()
	home := os.Getenv("MATTEBOX_HOME")
	if home == "" {
		data := os.Getenv("XDG_DATA_HOME")
		if data == "" {
			user, err := os.UserHomeDir()
			must(t, err)
			data = filepath.Join(user, ".local", "share")
		}
		home = filepath.Join(data, "mattebox")
	}
	s, err := Open(filepath.Join(home, "models"))
	must(t, err)
	return s
}

// run returns the output of the model for an input 1x3xheightxwidth.
func run(t *testing.T, model []byte, in, out string, x []float32, height, width int64) []float32 {
	t.Helper()
	s, err := ort.NewDynamicAdvancedSessionWithONNXData(model, []string{in}, []string{out}, nil)
	must(t, err)
	defer s.Destroy()
	input, err := ort.NewTensor(ort.NewShape(1, 3, height, width), x)
	must(t, err)
	defer input.Destroy()
	output, err := ort.NewEmptyTensor[float32](ort.NewShape(1, 1, height, width))
	must(t, err)
	defer output.Destroy()
	must(t, s.Run([]ort.Value{input}, []ort.Value{output}))
	return slices.Clone(output.GetData())
}

func noise(n int64) []float32 {
	random := rand.New(rand.NewPCG(3, 4))
	x := make([]float32, n)
	for i := range x {
		x[i] = random.Float32()*2 - 1
	}
	return x
}

func largestDifference(a, b []float32) float32 {
	d := float32(0)
	for i := range a {
		d = max(d, a[i]-b[i], b[i]-a[i])
	}
	return d
}

// The real runtime computes the same from the graph as it came and as prepared.
// The tolerance is that of the float16 casts that the preparation takes out.
func TestPreparedGraphComputesTheSame(t *testing.T) {
	startRuntime(t)
	model := marshal(t, tinyModel())
	x := noise(3 * 64 * 64)
	want := run(t, model, "input", "output", x, 64, 64)
	if spread := slices.Max(want) - slices.Min(want); spread < 0.1 {
		t.Fatalf("the output hardly varies (%g), so it proves nothing", spread)
	}
	for name, p := range map[string][]pass{"without splitting": passes(PrepareU2Net), "with splitting": everyPass()} {
		prepared, err := rewrite(model, p, tinySpec)
		must(t, err)
		got := run(t, prepared, "input", "output", x, 64, 64)
		if d := largestDifference(want, got); d > 2e-3 {
			t.Errorf("%s: the output differs by %g", name, d)
		}
	}
}

// Both preparations take other sizes, sides unlike, and agree with each other.
func TestPreparedGraphTakesOtherSizes(t *testing.T) {
	startRuntime(t)
	model := marshal(t, tinyModel())
	for _, size := range [][2]int64{{4, 4}, {32, 32}, {96, 64}, {60, 128}} {
		x := noise(3 * size[0] * size[1])
		var outputs [][]float32
		for _, p := range [][]pass{passes(PrepareU2Net), everyPass()} {
			prepared, err := rewrite(model, p, tinySpec)
			must(t, err)
			outputs = append(outputs, run(t, prepared, "input", "output", x, size[0], size[1]))
		}
		if d := largestDifference(outputs[0], outputs[1]); d > 1e-5 {
			t.Errorf("%v: splitting the concatenation changes the output by %g", size, d)
		}
	}
}

// The installed nets run at their own size and at a smaller one.
func TestInstalledNetsRun(t *testing.T) {
	startRuntime(t)
	for name, sizes := range map[string][]int64{"u2netp": {320, 192}, "isnet": {128, 192}} {
		model, err := userStore(t).Model(name)
		if err != nil {
			t.Skip(err)
		}
		data, err := os.ReadFile(model.Path)
		must(t, err)
		for _, size := range sizes {
			out := run(t, data, model.Spec.Input, model.Spec.Output, noise(3*size*size), size, size)
			if lo, hi := slices.Min(out), slices.Max(out); !(lo >= 0 && hi <= 1 && hi > lo) {
				t.Errorf("%s at %d: output from %g to %g, want probabilities", name, size, lo, hi)
			}
		}
	}
}
