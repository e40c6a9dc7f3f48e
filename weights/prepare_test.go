package weights

import (
	"crypto/sha256"
	"encoding/hex"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"

	"mattebox"
	"mattebox/weights/onnxpb"
)

// everyPass is IS-Net's preparation without the threshold that the tiny net's
// concatenation would not reach.
func everyPass() []pass { return append(passes(PrepareU2Net), splitPass(0)) }

func prepareTiny(t *testing.T, passes []pass) *onnxpb.GraphProto {
	t.Helper()
	data, err := rewrite(marshal(t, tinyModel()), passes, tinySpec)
	if err != nil {
		t.Fatal(err)
	}
	model, err := parseModel(data)
	if err != nil {
		t.Fatal(err)
	}
	return model.Graph
}

func operators(g *onnxpb.GraphProto) map[string]int {
	count := map[string]int{}
	for _, n := range g.Node {
		count[n.GetOpType()]++
	}
	return count
}

func TestPrepareLeavesOnlyWhatComputes(t *testing.T) {
	tests := map[string]struct {
		passes []pass
		want   map[string]int
	}{
		"U2-Net": {passes(PrepareU2Net), map[string]int{"Conv": 3, "Relu": 2, "MaxPool": 1, "Resize": 1, "Concat": 1, "Sigmoid": 1, "Identity": 1}},
		"IS-Net": {passes(PrepareISNet), map[string]int{"Conv": 3, "Relu": 2, "MaxPool": 1, "Resize": 1, "Concat": 1, "Sigmoid": 1, "Identity": 1}},
		"split":  {everyPass(), map[string]int{"Conv": 4, "Relu": 2, "MaxPool": 1, "Resize": 1, "Add": 1, "Sigmoid": 1, "Identity": 1}},
	}
	for p, tt := range tests {
		g := prepareTiny(t, tt.passes)
		if diff := cmp.Diff(tt.want, operators(g)); diff != "" {
			t.Errorf("%s: operators (-want +got):\n%s", p, diff)
		}
		if len(g.Output) != 1 || g.Output[0].GetName() != "output" {
			t.Errorf("%s: outputs %v", p, g.Output)
		}
		for _, tensor := range g.Initializer {
			if tensor.GetDataType() != int32(onnxpb.TensorProto_FLOAT) {
				t.Errorf("%s: initialiser %s has type %d", p, tensor.GetName(), tensor.GetDataType())
			}
		}
		for _, v := range []*onnxpb.ValueInfoProto{g.Input[0], g.Output[0]} {
			dims := v.GetType().GetTensorType().GetShape().GetDim()
			if dims[2].GetDimParam() != "height" || dims[3].GetDimParam() != "width" {
				t.Errorf("%s: %s is not free in size: %v", p, v.GetName(), dims)
			}
		}
	}
}

func TestPrepareOrdersNodes(t *testing.T) {
	g := prepareTiny(t, everyPass())
	made := map[string]bool{"input": true, "": true}
	for _, tensor := range g.Initializer {
		made[tensor.GetName()] = true
	}
	for _, n := range g.Node {
		for _, in := range n.Input {
			if !made[in] {
				t.Errorf("node %s reads %s before it is made", n.GetName(), in)
			}
		}
		made[n.Output[0]] = true
	}
}

func TestPrepareMakesResizeFactorsConstant(t *testing.T) {
	g := prepareTiny(t, passes(PrepareU2Net))
	for _, n := range g.Node {
		if n.GetOpType() != "Resize" {
			continue
		}
		if diff := cmp.Diff([]string{"r2", "", "mattebox_scales_2"}, n.Input); diff != "" {
			t.Errorf("inputs (-want +got):\n%s", diff)
		}
		if mode := string(attribute(n, "coordinate_transformation_mode").GetS()); mode != "half_pixel" {
			t.Errorf("mode %s", mode)
		}
	}
	want := floatTensor("mattebox_scales_2", []int64{4}, 1, 1, 2, 2)
	if got := initialisers(g)["mattebox_scales_2"]; !proto.Equal(got, want) {
		t.Errorf("factors %v, want %v", got, want)
	}
}

// The sums of prepared files are in the manifest, so the bytes must not depend
// on anything but the input. The golden sum also tells when a new version of
// the protobuf library writes the same graph differently.
func TestPrepareIsDeterministic(t *testing.T) {
	const golden = "323be018de7f63e22b8facfc97dec3c32dadfcbd9bbaf236cd03fc73e7464f71"
	for range 3 {
		data, err := rewrite(marshal(t, tinyModel()), everyPass(), tinySpec)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(data)
		if got := hex.EncodeToString(sum[:]); got != golden {
			t.Fatalf("the prepared bytes have the sum %s, not %s", got, golden)
		}
	}
}

func TestPrepareNoneReturnsTheBytes(t *testing.T) {
	got, err := Prepare([]byte("anything"), PrepareNone, tinySpec)
	if err != nil || string(got) != "anything" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestPrepareRefuses(t *testing.T) {
	tests := map[string]struct {
		change func(*onnxpb.ModelProto)
		says   string
	}{
		"no such output": {func(m *onnxpb.ModelProto) { m.Graph.Output[0].Name = proto.String("other") }, `no output named "output"`},
		"no such input":  {func(m *onnxpb.ModelProto) { m.Graph.Input[0].Name = proto.String("other") }, `no input named "input"`},
		"no graph":       {func(m *onnxpb.ModelProto) { m.Graph = nil }, "not an ONNX file"},
		"cycle": {func(m *onnxpb.ModelProto) {
			byOutput(m, "c1").Input[0] = "up16"
		}, "cycle"},
		"nobody makes the output": {func(m *onnxpb.ModelProto) {
			byOutput(m, "output").Output[0] = "x"
		}, "no node makes"},
		"foreign operator": {func(m *onnxpb.ModelProto) { byOutput(m, "r1").OpType = proto.String("LSTM") }, "not one of the U2-Net family's"},
		"maps that do not join": {func(m *onnxpb.ModelProto) {
			attribute(byOutput(m, "size"), "value").T.Int64Data = []int64{32, 32}
		}, "joins feature maps"},
		"short weights": {func(m *onnxpb.ModelProto) {
			m.Graph.Initializer[0].RawData = m.Graph.Initializer[0].RawData[:7]
		}, "wrong length"},
		"impossible dimensions": {func(m *onnxpb.ModelProto) {
			m.Graph.Initializer[1].Dims = []int64{1 << 40, 1 << 40}
		}, "impossible dimensions"},
		"weights elsewhere": {func(m *onnxpb.ModelProto) {
			m.Graph.Initializer[0].DataLocation = onnxpb.TensorProto_EXTERNAL.Enum()
		}, "external data"},
		"automatic padding": {func(m *onnxpb.ModelProto) {
			c := byOutput(m, "c1")
			c.Attribute = append(c.Attribute, stringAttr("auto_pad", "SAME_UPPER"))
		}, "padding SAME_UPPER"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m := tinyModel()
			tt.change(m)
			_, err := Prepare(marshal(t, m), PrepareISNet, tinySpec)
			if mattebox.CodeOf(err) != mattebox.CodeInvalid || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("error %v, want one that says %q", err, tt.says)
			}
		})
	}
}

func TestWholeFactor(t *testing.T) {
	tests := []struct {
		in, out []int64
		want    int64 // 0: refused
	}{
		{[]int64{1, 64, 16, 16}, []int64{1, 64, 32, 32}, 2},
		{[]int64{1, 1, 10, 20}, []int64{1, 1, 320, 640}, 32},
		{[]int64{1, 1, 8, 8}, []int64{1, 1, 8, 8}, 1},
		{[]int64{1, 1, 8, 8}, []int64{1, 1, 12, 12}, 0},
		{[]int64{1, 1, 8, 8}, []int64{1, 1, 16, 8}, 0},
		{[]int64{1, 1, 8, 8}, []int64{1, 1, 4, 4}, 0},
		{[]int64{1, 1, 8, 8}, []int64{1, 2, 16, 16}, 0},
		{[]int64{1, 1, 0, 0}, []int64{1, 1, 16, 16}, 0},
	}
	for _, tt := range tests {
		got, err := wholeFactor(tt.in, tt.out)
		if got != tt.want || (err == nil) != (tt.want > 0) {
			t.Errorf("%v to %v: %d, %v; want %d", tt.in, tt.out, got, err, tt.want)
		}
	}
}

func byOutput(m *onnxpb.ModelProto, name string) *onnxpb.NodeProto { return producers(m.Graph)[name] }

// A concatenation that something else reads too must stay.
func TestSplitKeepsSharedConcatenation(t *testing.T) {
	m := tinyModel()
	m.Graph.Node = append(m.Graph.Node,
		node("MaxPool", []string{"cat"}, "pooled", intsAttr("kernel_shape", 1, 1)),
		node("Conv", []string{"pooled", "w3", "b3"}, "c4", intsAttr("pads", 1, 1, 1, 1)),
		node("Add", []string{"c3", "c4"}, "both"))
	byOutput(m, "output16").Input[0] = "both"
	data, err := rewrite(marshal(t, m), everyPass(), tinySpec)
	if err != nil {
		t.Fatal(err)
	}
	model, err := parseModel(data)
	if err != nil {
		t.Fatal(err)
	}
	if got := operators(model.Graph); got["Concat"] != 1 || got["Conv"] != 4 {
		t.Errorf("operators %v, want the concatenation and its convolution untouched", got)
	}
}

func TestHalfToFloatBits(t *testing.T) {
	for h := range 1 << 16 {
		got := float64(math.Float32frombits(halfToFloatBits(uint16(h))))
		if want := halfByDefinition(uint16(h)); got != want && !(math.IsNaN(got) && math.IsNaN(want)) {
			t.Fatalf("%#04x is %g, want %g", h, got, want)
		}
	}
}

// halfByDefinition follows IEEE 754-2019, table 3.5 and section 3.4.
func halfByDefinition(h uint16) float64 {
	sign := 1 - 2*float64(h>>15)
	exp, frac := int(h>>10)&31, float64(h&1023)
	switch {
	case exp == 31 && frac != 0:
		return math.NaN()
	case exp == 31:
		return math.Inf(int(sign))
	case exp == 0:
		return sign * math.Ldexp(frac/1024, -14)
	}
	return sign * math.Ldexp(1+frac/1024, exp-15)
}

func TestWindowPositions(t *testing.T) {
	tests := []struct {
		w      window
		length int64
		up     bool
		want   int64
	}{
		{window{3, 1, 1, 1, 1}, 320, false, 320},
		{window{3, 2, 1, 1, 1}, 1024, false, 512},
		{window{3, 1, 8, 8, 8}, 10, false, 10},
		{window{2, 2, 1, 0, 0}, 5, false, 2},
		{window{2, 2, 1, 0, 0}, 5, true, 3},
		{window{2, 2, 1, 0, 0}, 6, true, 3},
		{window{7, 1, 1, 0, 0}, 5, false, 0},
	}
	for _, tt := range tests {
		if got := tt.w.positions(tt.length, tt.up); got != tt.want {
			t.Errorf("%+v over %d, up %t: %d, want %d", tt.w, tt.length, tt.up, got, tt.want)
		}
	}
}

func FuzzPrepare(f *testing.F) {
	f.Add(marshal(f, tinyModel()))
	side := tinyModel()
	side.Graph.Node = side.Graph.Node[3:]
	f.Add(marshal(f, side))
	f.Add([]byte("no model"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, p := range [][]pass{passes(PrepareU2Net), everyPass()} {
			out, err := rewrite(data, p, tinySpec)
			if err != nil {
				if mattebox.CodeOf(err) != mattebox.CodeInvalid {
					t.Fatalf("a foreign file gives the code %s: %v", mattebox.CodeOf(err), err)
				}
				continue
			}
			if _, err := parseModel(out); err != nil {
				t.Fatalf("the prepared file cannot be read: %v", err)
			}
		}
		complete(tinySpec, data)
	})
}

func BenchmarkPrepare(b *testing.B) {
	data := marshal(b, tinyModel())
	for b.Loop() {
		if _, err := rewrite(data, everyPass(), tinySpec); err != nil {
			b.Fatal(err)
		}
	}
}
