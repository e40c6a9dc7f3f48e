package tflite

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mattebox/weights/onnxpb"
)

func convert(t *testing.T, m made) *onnxpb.GraphProto {
	t.Helper()
	model, err := Convert(m.file())
	if err != nil {
		t.Fatal(err)
	}
	return model.Graph
}

func attribute(n *onnxpb.NodeProto, name string) *onnxpb.AttributeProto {
	for _, a := range n.Attribute {
		if a.GetName() == name {
			return a
		}
	}
	return nil
}

// nodes returns the graph's nodes of a kind.
func nodes(g *onnxpb.GraphProto, kind string) []*onnxpb.NodeProto {
	var out []*onnxpb.NodeProto
	for _, n := range g.Node {
		if n.GetOpType() == kind {
			out = append(out, n)
		}
	}
	return out
}

func initialiser(t *testing.T, g *onnxpb.GraphProto, name string) *onnxpb.TensorProto {
	t.Helper()
	for _, i := range g.Initializer {
		if i.GetName() == name {
			return i
		}
	}
	t.Fatalf("there is no weight %s", name)
	return nil
}

func TestConvertWritesEveryOperator(t *testing.T) {
	g := convert(t, tiny())
	var kinds []string
	for _, n := range g.Node {
		kinds = append(kinds, n.GetOpType())
	}
	want := strings.Fields(`Cast Conv HardSigmoid Mul GlobalAveragePool Sigmoid Mul Conv Relu Resize Conv Clip
		GlobalAveragePool Clip Add Relu ConvTranspose Sigmoid Identity`)
	if diff := cmp.Diff(want, kinds); diff != "" {
		t.Errorf("nodes (-want +got):\n%s", diff)
	}
	for _, v := range []struct {
		info *onnxpb.ValueInfoProto
		name string
		dims []int64
	}{{g.Input[0], Input, []int64{1, 3, 16, 32}}, {g.Output[0], Output, []int64{1, 1, 16, 32}}} {
		var dims []int64
		for _, d := range v.info.GetType().GetTensorType().GetShape().GetDim() {
			dims = append(dims, d.GetDimValue())
		}
		if v.info.GetName() != v.name || !slices.Equal(dims, v.dims) {
			t.Errorf("%s is %v, want %s of %v", v.info.GetName(), dims, v.name, v.dims)
		}
	}
}

// Each node reads what has been made before it.
func TestConvertOrdersNodes(t *testing.T) {
	g := convert(t, tiny())
	have := map[string]bool{Input: true, "": true}
	for _, i := range g.Initializer {
		have[i.GetName()] = true
	}
	for _, n := range g.Node {
		for _, in := range n.Input {
			if !have[in] {
				t.Errorf("%s reads %s before it is made", n.GetName(), in)
			}
		}
		have[n.Output[0]] = true
	}
}

func TestConvertPads(t *testing.T) {
	g := convert(t, tiny())
	convs := nodes(g, "Conv")
	for i, want := range [][]int64{
		{0, 0, 1, 1}, // 3 in steps of 2: one, below and right
		{1, 1, 2, 2}, // 5 in steps of 2: three
		{0, 0, 0, 0},
	} {
		if got := attribute(convs[i], "pads").GetInts(); !slices.Equal(got, want) {
			t.Errorf("convolution %d has the padding %v, want %v", i, got, want)
		}
	}
	if got := attribute(convs[1], "group").GetI(); got != 4 {
		t.Errorf("the depthwise convolution has %d groups, want 4", got)
	}
}

func TestConvertKeepsHalvesBehindACast(t *testing.T) {
	g := convert(t, tiny())
	cast := nodes(g, "Cast")[0]
	w := initialiser(t, g, cast.Input[0])
	if w.GetDataType() != int32(onnxpb.TensorProto_FLOAT16) || !slices.Equal(w.Dims, []int64{4, 3, 3, 3}) || len(w.RawData) != 2*108 {
		t.Errorf("the weights have type %d, shape %v and %d bytes", w.GetDataType(), w.Dims, len(w.RawData))
	}
	if got := nodes(g, "Conv")[0].Input[1]; got != cast.Output[0] {
		t.Errorf("the convolution reads %s, not what is cast", got)
	}
}

func TestTranspose(t *testing.T) {
	in := tensor{shape: []int64{2, 1, 2, 3}, kind: float16s}
	for i := range 12 {
		in.data = append(in.data, byte(i), 100)
	}
	dims, raw := transpose(in, []int{0, 3, 1, 2})
	if !slices.Equal(dims, []int64{2, 3, 1, 2}) {
		t.Errorf("the shape is %v", dims)
	}
	var got []byte
	for i := 0; i < len(raw); i += 2 {
		got = append(got, raw[i])
	}
	if want := []byte{0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11}; !slices.Equal(got, want) {
		t.Errorf("the elements are %v, want %v", got, want)
	}
}

func TestConvertRefuses(t *testing.T) {
	tests := map[string]struct {
		change func(t *testing.T, m *made)
		says   string
	}{
		"two graphs":        {func(t *testing.T, m *made) { m.graphs = 2 }, "2 graphs"},
		"no graph":          {func(t *testing.T, m *made) { m.graphs = 0 }, "0 graphs"},
		"two inputs":        {func(t *testing.T, m *made) { m.in = []int32{0, 1} }, "2 inputs"},
		"a foreign input":   {func(t *testing.T, m *made) { m.in = []int32{999} }, "no tensor of it"},
		"a grey input":      {func(t *testing.T, m *made) { m.tensors[0].shape = []int32{1, 16, 32, 1} }, "1 x height x width x 3"},
		"a foreign output":  {func(t *testing.T, m *made) { m.out = []int32{1} }, "1 x height x width x 1"},
		"a foreign tensor":  {func(t *testing.T, m *made) { m.find(t, opMul).in = []int32{-1, 0} }, "inputs [-1 0]"},
		"a foreign custom":  {func(t *testing.T, m *made) { m.find(t, opCustom).name = "Magic" }, "Magic"},
		"a foreign code":    {func(t *testing.T, m *made) { m.find(t, opLogistic).code = 99 }, "99"},
		"an impossible map": {func(t *testing.T, m *made) { m.tensors[0].shape[1] = 1 << 30 }, "shape"},
		"a negative map":    {func(t *testing.T, m *made) { m.tensors[0].shape[1] = -4 }, "shape"},
		"short weights":     {func(t *testing.T, m *made) { m.tensors[1].data = m.tensors[1].data[2:] }, "bytes of data"},
		"no weights":        {func(t *testing.T, m *made) { m.tensors[1].data = nil }, "only float16 constants"},
		"odd sides":         {func(t *testing.T, m *made) { m.tensors[0].shape[1] = 17 }, "no multiple of the steps"},
		"no steps":          {func(t *testing.T, m *made) { m.find(t, opConv).options = conv2D(paddingSame, 0, 0) }, "not known here"},
		"padding":           {func(t *testing.T, m *made) { m.find(t, opConv).options = conv2D(9, 2, 0) }, "padding 9"},
		"no padding":        {func(t *testing.T, m *made) { m.find(t, opConv).options = conv2D(paddingValid, 2, 0) }, "without padding"},
		"an activation":     {func(t *testing.T, m *made) { m.find(t, opMul).options = flags(4) }, "activation 4"},
		"channels":          {func(t *testing.T, m *made) { m.find(t, opDepthwiseConv).options = depthwise2D(2, 3, 0) }, "for each of the input's"},
		"part of a map":     {func(t *testing.T, m *made) { m.find(t, opAveragePool).options = pool2D(paddingValid, 2, 2) }, "over the whole"},
		"another mean":      {func(t *testing.T, m *made) { m.find(t, opMean).options = flags(0) }, "over height and width"},
		"both centres":      {func(t *testing.T, m *made) { m.find(t, opResizeBilinear).options = flags(0, 0, 1, 1) }, "at once"},
		"half a factor":     {func(t *testing.T, m *made) { m.tensors[m.find(t, opResizeBilinear).in[1]].data = words(6, 12) }, "whole factor"},
		"steps of none":     {func(t *testing.T, m *made) { m.find(t, opCustom).custom = words(1, 0, 2) }, "transposed window"},
		"short options":     {func(t *testing.T, m *made) { m.find(t, opCustom).custom = words(1) }, "options 4 bytes"},
		"made twice":        {func(t *testing.T, m *made) { m.find(t, opLogistic).out = m.find(t, opMean).out }, "made twice"},
		"made later":        {func(t *testing.T, m *made) { slices.Reverse(m.operators) }, "has been made"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m := tiny()
			tt.change(t, &m)
			if _, err := Convert(m.file()); err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("error %v, want one that says %q", err, tt.says)
			}
		})
	}
}

// Wherever a file is cut off or a byte of it is another, it is converted or refused.
func TestConvertSurvivesDamage(t *testing.T) {
	file := tiny().file()
	for n := range len(file) {
		if _, err := Convert(file[:n]); err == nil && n < len(file)/2 {
			t.Errorf("%d of %d bytes were taken for a network", n, len(file))
		}
	}
	for i := range file {
		for _, v := range []byte{0, 1, 0x7f, 0x80, 0xff} {
			damaged := slices.Clone(file)
			damaged[i] = v
			_, _ = Convert(damaged)
		}
	}
}

func FuzzConvert(f *testing.F) {
	f.Add(tiny().file())
	f.Add([]byte("\x08\x00\x00\x00TFL3\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		model, err := Convert(data)
		if err != nil {
			return
		}
		var written int
		for _, w := range model.Graph.Initializer {
			written += len(w.RawData)
		}
		if written > maxWeights+1<<20 || len(model.Graph.Node) > 2*maxNodes {
			t.Errorf("%d bytes of weights and %d nodes were written", written, len(model.Graph.Node))
		}
	})
}
