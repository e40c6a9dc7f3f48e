package onnx

import (
	"os"
	"path/filepath"
	"testing"

	"google.golang.org/protobuf/proto"

	"mattebox/matte"
	"mattebox/weights/onnxpb"
)

// redNet is a net of one convolution that takes red for subject and blue for
// background, in the form of some family: its own input recipe, its number of
// outputs, logits or probabilities.
type redNet struct {
	spec          matte.Spec
	input, output string
	sides         int     // further outputs, all of nothing
	gain          float32 // of the logits around alpha one half
	pool          int     // 0, or by how much the output is smaller than the input
}

// file writes the net where the test can load it.
func (r redNet) file(t testing.TB) string {
	t.Helper()
	data, err := proto.Marshal(r.model())
	must(t, err)
	return writeFile(t, r.spec.Name+".onnx", data)
}

func writeFile(t testing.TB, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	must(t, os.WriteFile(path, data, 0o600))
	return path
}

// model: the logits are gain * (red - blue) / 2 of samples 0..1, undone from the
// family's normalisation by the convolution's weights.
func (r redNet) model() *onnxpb.ModelProto {
	s, div := r.spec, r.spec.Divisor
	if div == 0 {
		div = 255
	}
	half := r.gain / 2 * div / 255
	w := []float32{half * s.Std[0], 0, -half * s.Std[2]}
	g := &onnxpb.GraphProto{
		Name:  &s.Name,
		Input: []*onnxpb.ValueInfoProto{plane(r.input, 3)},
		Initializer: []*onnxpb.TensorProto{
			floats("w", w, 1, 3, 1, 1), floats("b", []float32{half * (s.Mean[0] - s.Mean[2])}, 1), floats("none", []float32{0, 0, 0}, 1, 3, 1, 1),
		},
		Output: []*onnxpb.ValueInfoProto{plane(r.output, 1)},
	}
	last := "logits"
	g.Node = append(g.Node, node("Conv", last, r.input, "w", "b"))
	if r.pool > 0 {
		n := int64(r.pool)
		pool := node("AveragePool", "pooled", last)
		pool.Attribute = []*onnxpb.AttributeProto{ints("kernel_shape", n, n), ints("strides", n, n)}
		g.Node, last = append(g.Node, pool), "pooled"
	}
	op := "Sigmoid"
	if s.Activation == matte.Sigmoid {
		op = "Identity"
	}
	g.Node = append(g.Node, node(op, r.output, last))
	for i := range r.sides {
		name := "side" + string(rune('0'+i))
		g.Node = append(g.Node, node("Conv", name, r.input, "none"))
		g.Output = append(g.Output, plane(name, 1))
	}
	return &onnxpb.ModelProto{
		IrVersion: proto.Int64(8), Graph: g,
		OpsetImport: []*onnxpb.OperatorSetIdProto{{Version: proto.Int64(15)}},
	}
}

func node(op, out string, in ...string) *onnxpb.NodeProto {
	return &onnxpb.NodeProto{Name: &out, OpType: &op, Input: in, Output: []string{out}}
}

func ints(name string, v ...int64) *onnxpb.AttributeProto {
	return &onnxpb.AttributeProto{Name: &name, Type: onnxpb.AttributeProto_INTS.Enum(), Ints: v}
}

func floats(name string, v []float32, dims ...int64) *onnxpb.TensorProto {
	kind := int32(onnxpb.TensorProto_FLOAT)
	return &onnxpb.TensorProto{Name: &name, Dims: dims, DataType: &kind, FloatData: v}
}

// plane describes a float tensor 1 x channels x any height x any width.
func plane(name string, channels int64) *onnxpb.ValueInfoProto {
	fixed := func(n int64) *onnxpb.TensorShapeProto_Dimension {
		return &onnxpb.TensorShapeProto_Dimension{Value: &onnxpb.TensorShapeProto_Dimension_DimValue{DimValue: n}}
	}
	free := func(s string) *onnxpb.TensorShapeProto_Dimension {
		return &onnxpb.TensorShapeProto_Dimension{Value: &onnxpb.TensorShapeProto_Dimension_DimParam{DimParam: s}}
	}
	kind := int32(onnxpb.TensorProto_FLOAT)
	shape := &onnxpb.TensorShapeProto{Dim: []*onnxpb.TensorShapeProto_Dimension{fixed(1), fixed(channels), free(name + "H"), free(name + "W")}}
	return &onnxpb.ValueInfoProto{Name: &name, Type: &onnxpb.TypeProto{Value: &onnxpb.TypeProto_TensorType{
		TensorType: &onnxpb.TypeProto_Tensor{ElemType: &kind, Shape: shape}}}}
}
