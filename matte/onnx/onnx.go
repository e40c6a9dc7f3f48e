// Package onnx runs matte's networks on ONNX Runtime: a model file and its Spec
// go in, a Net that answers matte.Inferer comes out. It is the only room that
// knows the native runtime, which is loaded at run time from the path given to
// Open; nothing is linked.
package onnx

import (
	"context"
	"fmt"
	"sync"

	ort "github.com/yalue/onnxruntime_go"

	"mattebox/matte"
)

// Runtime is the loaded native library. There can be one in a process.
type Runtime struct{}

// Open loads libonnxruntime 1.24 or newer from the path. A process that has a
// runtime open already gets an error: the library cannot be loaded twice.
func Open(path string) (*Runtime, error) {
	if ort.IsInitialized() {
		return nil, fmt.Errorf("opening %s: a runtime is open already", path)
	}
	ort.SetSharedLibraryPath(path)
	if err := ort.InitializeEnvironment(ort.WithLogLevelError()); err != nil {
		return nil, fmt.Errorf("opening the runtime %s: %w", path, err)
	}
	if err := shareArena(); err != nil {
		return nil, fmt.Errorf("setting up the runtime's memory: %w", err)
	}
	return &Runtime{}, nil
}

// shareArena gives all sessions one arena that grows by what is asked for. By
// default each has its own and doubles it, which leaves hundreds of megabytes
// reserved and unused beside a network of these sizes.
func shareArena() error {
	const sameAsRequested, byDefault = 1, -1
	info, err := ort.GetMemoryInfo()
	if err != nil {
		return err
	}
	arena, err := ort.NewArenaCfg(0, sameAsRequested, byDefault, byDefault)
	if err != nil {
		return err
	}
	defer arena.Destroy()
	return ort.CreateAndRegisterAllocator(info, arena)
}

// Version returns the native library's version.
func (*Runtime) Version() string { return ort.GetVersion() }

// Close unloads the runtime. Nets must be closed before it.
func (*Runtime) Close() error { return ort.DestroyEnvironment() }

// Config says how a net uses the machine. One-thread runs side by side give the
// most pictures per second; one run of many threads gives the shortest wait for
// one picture.
type Config struct {
	Runs    int // pictures at a time; default 1
	Threads int // cores per run; default 1
}

// Net is one network. All its runs share one session, and so the memory of its
// weights. It implements matte.Inferer.
type Net struct {
	spec    matte.Spec
	session *ort.DynamicAdvancedSession
	slots   chan struct{} // one token per run that may still start
	closing sync.Once
}

// Load opens the model file. Its session is made here, once: making one takes up
// to a second, and the memory of one that is destroyed does not come back.
func (*Runtime) Load(path string, spec matte.Spec, c Config) (*Net, error) {
	c.Runs, c.Threads = max(c.Runs, 1), max(c.Threads, 1)
	if err := checkGraph(path, &spec); err != nil {
		return nil, err
	}
	options, err := sessionOptions(c)
	if err != nil {
		return nil, fmt.Errorf("setting up a session of %s: %w", spec.Name, err)
	}
	defer options.Destroy()
	session, err := ort.NewDynamicAdvancedSession(path, []string{spec.Input}, []string{spec.Output}, options)
	if err != nil {
		return nil, fmt.Errorf("loading %s from %s: %w", spec.Name, path, err)
	}
	n := &Net{spec: spec, session: session, slots: make(chan struct{}, c.Runs)}
	for range c.Runs {
		n.slots <- struct{}{}
	}
	return n, nil
}

// checkGraph fills in the names of input and output where the spec leaves them
// out, and reports a graph that does not have them.
func checkGraph(path string, spec *matte.Spec) error {
	inputs, outputs, err := ort.GetInputOutputInfo(path)
	if err != nil {
		return fmt.Errorf("reading the graph of %s from %s: %w", spec.Name, path, err)
	}
	if spec.Input, err = pick(inputs, spec.Input); err != nil {
		return fmt.Errorf("%s: input: %w", path, err)
	}
	if spec.Output, err = pick(outputs, spec.Output); err != nil {
		return fmt.Errorf("%s: output: %w", path, err)
	}
	return nil
}

func pick(have []ort.InputOutputInfo, want string) (string, error) {
	var names []string
	for _, h := range have {
		if h.Name == want || want == "" {
			return h.Name, nil
		}
		names = append(names, h.Name)
	}
	return "", fmt.Errorf("no %q among %q", want, names)
}

func sessionOptions(c Config) (*ort.SessionOptions, error) {
	o, err := ort.NewSessionOptions()
	if err != nil {
		return nil, err
	}
	for _, set := range []func() error{
		func() error { return o.SetIntraOpNumThreads(c.Threads) },
		func() error { return o.SetInterOpNumThreads(1) },
		// The pattern plans one block for a whole run, on top of the arena that
		// the first run grew: a fifth more memory for no time.
		func() error { return o.SetMemPattern(false) },
		func() error { return o.AddSessionConfigEntry("session.use_env_allocators", "1") },
		// Threads that spin between operators take the cores that decoding
		// and encoding of the neighbouring pictures need.
		func() error { return o.AddSessionConfigEntry("session.intra_op.allow_spinning", "0") },
	} {
		if err := set(); err != nil {
			o.Destroy()
			return nil, err
		}
	}
	return o, nil
}

// Spec returns the net's spec with the graph's names filled in.
func (n *Net) Spec() matte.Spec { return n.spec }

// Infer waits for a free run. The context ends the wait; a run that has begun is
// seen through.
func (n *Net) Infer(ctx context.Context, in *matte.Tensor) (*matte.Map, error) {
	if ctx.Err() != nil {
		return nil, fmt.Errorf("before running %s: %w", n.spec.Name, context.Cause(ctx))
	}
	select {
	case _, open := <-n.slots:
		if !open {
			return nil, fmt.Errorf("running %s: net is closed", n.spec.Name)
		}
		defer func() { n.slots <- struct{}{} }()
		return run(n.session, in)
	case <-ctx.Done():
		return nil, fmt.Errorf("waiting for %s: %w", n.spec.Name, context.Cause(ctx))
	}
}

func run(s *ort.DynamicAdvancedSession, in *matte.Tensor) (*matte.Map, error) {
	input, err := ort.NewTensor(ort.NewShape(1, 3, int64(in.Height), int64(in.Width)), in.Data)
	if err != nil {
		return nil, fmt.Errorf("making the input tensor: %w", err)
	}
	defer input.Destroy()
	outputs := []ort.Value{nil} // the runtime allocates what the graph decides
	if err := s.Run([]ort.Value{input}, outputs); err != nil {
		return nil, err
	}
	defer outputs[0].Destroy()
	return toMap(outputs[0], in)
}

// toMap copies the first plane of the output out of the runtime's memory.
func toMap(v ort.Value, in *matte.Tensor) (*matte.Map, error) {
	t, ok := v.(*ort.Tensor[float32])
	if !ok {
		return nil, fmt.Errorf("output is not a float32 tensor")
	}
	shape := t.GetShape()
	if len(shape) < 2 {
		return nil, fmt.Errorf("output has shape %v, want 1 x 1 x height x width", shape)
	}
	h, w := int(shape[len(shape)-2]), int(shape[len(shape)-1])
	if w != in.Width || h != in.Height || len(t.GetData()) < w*h {
		return nil, fmt.Errorf("output has shape %v, want %d x %d", shape, in.Height, in.Width)
	}
	m := matte.NewMap(w, h)
	copy(m.Pix, t.GetData())
	return m, nil
}

// Close waits for the runs in hand and frees the session.
func (n *Net) Close() error {
	var err error
	n.closing.Do(func() {
		for range cap(n.slots) {
			<-n.slots
		}
		close(n.slots)
		err = n.session.Destroy()
	})
	return err
}
