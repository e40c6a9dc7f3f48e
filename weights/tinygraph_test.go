package weights

import (
	"math/rand/v2"
	"testing"

	"google.golang.org/protobuf/proto"

	"mattebox/matte"
	"mattebox/weights/onnxpb"
)

// tinySpec is the spec of tinyModel.
var tinySpec = matte.Spec{
	Name: "tiny", Size: 64, Multiple: 4, Resize: matte.Stretch, Divisor: 255,
	Std: [3]float32{1, 1, 1}, Input: "input", Output: "output", Activation: matte.None,
}

// tinyModel returns a net of the U2-Net family's parts in the form in which the
// real files come: float16 weights with casts around the resize, a size computed
// from shapes, a side output that nobody wants, a concatenation before a
// convolution, and nodes out of order.
//
//	input -> conv1 relu (16) --------------------------> cat(32) -> conv3 -> sigmoid -> output
//	              \-> pool -> conv2 relu (16) -> resize -/              \-> side
func tinyModel() *onnxpb.ModelProto {
	random := rand.New(rand.NewPCG(1, 2))
	g := &onnxpb.GraphProto{
		Name:  proto.String("tiny"),
		Input: []*onnxpb.ValueInfoProto{floatInfo("input", 1, 3, 64, 64)},
		Output: []*onnxpb.ValueInfoProto{
			floatInfo("output", 1, 1, 64, 64), floatInfo("side", 1, 1, 64, 64),
		},
		Initializer: []*onnxpb.TensorProto{
			halfTensor(random, "w1", 16, 3, 3, 3), halfTensor(random, "b1", 16),
			halfTensor(random, "w2", 16, 16, 3, 3), halfTensor(random, "b2", 16),
			halfTensor(random, "w3", 1, 32, 3, 3), halfTensor(random, "b3", 1),
		},
	}
	conv := func(in, w, b, out string) *onnxpb.NodeProto {
		return node("Conv", []string{in, w, b}, out, intsAttr("kernel_shape", 3, 3), intsAttr("pads", 1, 1, 1, 1))
	}
	cast := func(in, out string, to onnxpb.TensorProto_DataType) *onnxpb.NodeProto {
		return node("Cast", []string{in}, out, intAttr("to", int64(to)))
	}
	g.Node = []*onnxpb.NodeProto{
		node("Sigmoid", []string{"c3"}, "output16"),
		cast("output16", "output", onnxpb.TensorProto_FLOAT),
		cast("c3", "side", onnxpb.TensorProto_FLOAT),
		cast("input", "input16", onnxpb.TensorProto_FLOAT16),
		conv("input16", "w1", "b1", "c1"),
		node("Relu", []string{"c1"}, "r1"),
		node("MaxPool", []string{"r1"}, "p1", intsAttr("kernel_shape", 2, 2), intsAttr("strides", 2, 2), intAttr("ceil_mode", 1)),
		conv("p1", "w2", "b2", "c2"),
		node("Relu", []string{"c2"}, "r2"),
		constant("zero", []int64{1}, 0), constant("two", []int64{1}, 2), constant("size", []int64{2}, 64, 64),
		node("Shape", []string{"r2"}, "shape"),
		node("Slice", []string{"shape", "zero", "two", "zero"}, "nc"),
		node("Concat", []string{"nc", "size"}, "sizes", intAttr("axis", 0)),
		cast("r2", "r2wide", onnxpb.TensorProto_FLOAT),
		node("Resize", []string{"r2wide", "", "", "sizes"}, "up",
			stringAttr("mode", "linear"), stringAttr("coordinate_transformation_mode", "pytorch_half_pixel")),
		cast("up", "up16", onnxpb.TensorProto_FLOAT16),
		node("Concat", []string{"r1", "up16"}, "cat", intAttr("axis", 1)),
		conv("cat", "w3", "b3", "c3"),
	}
	return &onnxpb.ModelProto{
		IrVersion: proto.Int64(8), Graph: g,
		OpsetImport: []*onnxpb.OperatorSetIdProto{{Version: proto.Int64(15)}},
	}
}

// marshal returns the model as a file's bytes.
func marshal(t testing.TB, m *onnxpb.ModelProto) []byte {
	t.Helper()
	data, err := proto.MarshalOptions{Deterministic: true}.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func node(op string, in []string, out string, attrs ...*onnxpb.AttributeProto) *onnxpb.NodeProto {
	return &onnxpb.NodeProto{Name: proto.String(out), OpType: &op, Input: in, Output: []string{out}, Attribute: attrs}
}

func constant(out string, dims []int64, values ...int64) *onnxpb.NodeProto {
	kind := int32(onnxpb.TensorProto_INT64)
	return node("Constant", nil, out, &onnxpb.AttributeProto{
		Name: proto.String("value"), Type: onnxpb.AttributeProto_TENSOR.Enum(),
		T: &onnxpb.TensorProto{Dims: dims, DataType: &kind, Int64Data: values},
	})
}

func intsAttr(name string, v ...int64) *onnxpb.AttributeProto {
	return &onnxpb.AttributeProto{Name: &name, Type: onnxpb.AttributeProto_INTS.Enum(), Ints: v}
}

func intAttr(name string, v int64) *onnxpb.AttributeProto {
	return &onnxpb.AttributeProto{Name: &name, Type: onnxpb.AttributeProto_INT.Enum(), I: &v}
}

func stringAttr(name, v string) *onnxpb.AttributeProto {
	return &onnxpb.AttributeProto{Name: &name, Type: onnxpb.AttributeProto_STRING.Enum(), S: []byte(v)}
}

func floatInfo(name string, dims ...int64) *onnxpb.ValueInfoProto {
	shape := &onnxpb.TensorShapeProto{}
	for _, d := range dims {
		shape.Dim = append(shape.Dim, &onnxpb.TensorShapeProto_Dimension{
			Value: &onnxpb.TensorShapeProto_Dimension_DimValue{DimValue: d}})
	}
	kind := int32(onnxpb.TensorProto_FLOAT)
	return &onnxpb.ValueInfoProto{Name: &name, Type: &onnxpb.TypeProto{Value: &onnxpb.TypeProto_TensorType{
		TensorType: &onnxpb.TypeProto_Tensor{ElemType: &kind, Shape: shape}}}}
}

// halfTensor returns float16 weights in -0.5..0.5: every sign, exponents 0x30 to
// 0x37 of 0x3c, random fractions.
func halfTensor(random *rand.Rand, name string, dims ...int64) *onnxpb.TensorProto {
	n := int64(1)
	for _, d := range dims {
		n *= d
	}
	raw := make([]byte, 2*n)
	for i := range n {
		h := uint16(random.IntN(2))<<15 | uint16(8+random.IntN(6))<<10 | uint16(random.IntN(1<<10))
		raw[2*i], raw[2*i+1] = byte(h), byte(h>>8)
	}
	kind := int32(onnxpb.TensorProto_FLOAT16)
	return &onnxpb.TensorProto{Name: &name, Dims: dims, DataType: &kind, RawData: raw}
}
