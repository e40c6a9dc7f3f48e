package weights

import (
	"image"
	_ "image/png" // the photograph
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
	for name, sizes := range map[string][]int64{"u2netp": {320, 192}, "isnet": {128, 192}, "selfie": {256, 192}} {
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

// What comes out of the people's network as converted is what TensorFlow Lite's own
// runtime (ai-edge-litert 2.3.0) makes of the file, for a photograph of the test data at every
// n-th pixel. The places lie on the edge, where the network is not sure.
func TestConvertedNetComputesTheSame(t *testing.T) {
	startRuntime(t)
	model, err := userStore(t).Model("selfie")
	if err != nil {
		t.Skip(err)
	}
	data, err := os.ReadFile(model.Path)
	must(t, err)
	const side = 256
	x := sampledPhoto(t, "../../shared/testdata/humans/image/p_00a5b702.png", side)
	got := run(t, data, model.Spec.Input, model.Spec.Output, x, side, side)
	for _, want := range []struct {
		x, y  int
		value float32
	}{
		{144, 0, 0.41925}, {150, 5, 0.83381}, {132, 17, 0.86583}, {172, 24, 0.43703}, {175, 57, 0.26472}, {118, 75, 0.16422},
		{162, 100, 0.44505}, {64, 104, 0.47430}, {120, 111, 0.76058}, {133, 158, 0.12159}, {187, 181, 0.77654}, {116, 255, 0.44401},
		{20, 40, 0}, {150, 128, 1},
	} {
		if d := got[want.y*side+want.x] - want.value; max(d, -d) > 1e-3 {
			t.Errorf("at %d, %d: %.5f, want %.5f", want.x, want.y, got[want.y*side+want.x], want.value)
		}
	}
}

// sampledPhoto returns every n-th pixel of a photograph, side each way, in 0..1 and planes.
func sampledPhoto(t *testing.T, path string, side int) []float32 {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Skip(err)
	}
	defer f.Close()
	photo, _, err := image.Decode(f)
	must(t, err)
	size := photo.Bounds().Size()
	x := make([]float32, 0, 3*side*side)
	for c := range 3 {
		for y := range side {
			for column := range side {
				r, g, b, _ := photo.At(column*size.X/side, y*size.Y/side).RGBA()
				x = append(x, float32([]uint32{r, g, b}[c]>>8)/255)
			}
		}
	}
	return x
}
