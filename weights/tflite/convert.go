package tflite

import (
	"errors"
	"fmt"

	"google.golang.org/protobuf/proto"

	"mattebox/weights/onnxpb"
)

// Names of the input and the output of every graph that Convert makes.
const (
	Input  = "input"
	Output = "output"
)

// Versions of the format and of the operators that are written.
const (
	irVersion = 8
	opset     = 13
)

// Operators (schema.fbs, BuiltinOperator).
const (
	opAdd            = 0
	opAveragePool    = 1
	opConv           = 3
	opDepthwiseConv  = 4
	opDequantize     = 6
	opLogistic       = 14
	opMul            = 18
	opRelu           = 19
	opRelu6          = 21
	opResizeBilinear = 23
	opCustom         = 32
	opMean           = 40
	opHardSwish      = 117
	customTransposed = "Convolution2DTransposeBias" // MediaPipe's
	maxWeights       = 256 << 20                    // bytes of all weights that are written
	maxNodes         = maxOperators * 4             // nodes that are written
)

// Convert writes the network of a TensorFlow Lite file as an ONNX model. Its only
// input is Input, 1 x 3 x height x width, its only output Output, both at the
// size that the file names. Float16 weights stay so, behind casts. What the file
// holds that is not known here is an error that names it.
func Convert(data []byte) (*onnxpb.ModelProto, error) {
	n, err := parse(data)
	if err != nil {
		return nil, err
	}
	c := &converter{network: n, graph: &onnxpb.GraphProto{Name: proto.String("tflite")}, made: make([]string, len(n.tensors)), source: map[int64]int64{}}
	if err := c.begin(); err != nil {
		return nil, err
	}
	for i, o := range n.operators {
		if err := c.operator(o); err != nil {
			return nil, fmt.Errorf("operator %d: %w", i, err)
		}
	}
	if err := c.end(); err != nil {
		return nil, err
	}
	return &onnxpb.ModelProto{
		IrVersion: proto.Int64(irVersion), Graph: c.graph,
		OpsetImport: []*onnxpb.OperatorSetIdProto{{Version: proto.Int64(opset)}},
	}, nil
}

// converter writes one network.
type converter struct {
	*network
	graph   *onnxpb.GraphProto
	made    []string        // name of each tensor that a node makes, or that is the input
	source  map[int64]int64 // the constant that a widened tensor comes from
	weights int64           // bytes written
	names   int
}

func (c *converter) begin() error {
	in := c.tensors[c.input]
	if len(in.shape) != 4 || in.shape[0] != 1 || in.shape[3] != 3 || in.kind != float32s || in.data != nil {
		return fmt.Errorf("its input has the shape %v; a picture's is 1 x height x width x 3", in.shape)
	}
	c.made[c.input] = Input
	c.graph.Input = []*onnxpb.ValueInfoProto{info(Input, in)}
	return nil
}

func (c *converter) end() error {
	out := c.tensors[c.output]
	if len(out.shape) != 4 || out.shape[3] != 1 || c.made[c.output] == "" || c.output == c.input {
		return fmt.Errorf("its output has the shape %v; a matte's is 1 x height x width x 1", out.shape)
	}
	c.node("Identity", []string{c.made[c.output]}, Output)
	c.graph.Output = []*onnxpb.ValueInfoProto{info(Output, out)}
	return nil
}

// operator writes one operator.
func (c *converter) operator(o operator) error {
	switch {
	case o.code == opConv && len(o.inputs) == 3:
		return c.conv(o)
	case o.code == opDepthwiseConv && len(o.inputs) == 3:
		return c.depthwise(o)
	case o.code == opCustom && o.name == customTransposed && len(o.inputs) == 3:
		return c.transposed(o)
	case o.code == opAveragePool && len(o.inputs) == 1:
		return c.averagePool(o)
	case o.code == opMean && len(o.inputs) == 2:
		return c.mean(o)
	case o.code == opResizeBilinear && len(o.inputs) == 2:
		return c.resize(o)
	case o.code == opDequantize && len(o.inputs) == 1:
		return c.dequantize(o)
	case o.code == opAdd && len(o.inputs) == 2:
		return c.pair(o, "Add")
	case o.code == opMul && len(o.inputs) == 2:
		return c.pair(o, "Mul")
	case len(o.inputs) == 1:
		return c.function(o)
	case o.code == opCustom:
		return fmt.Errorf("the custom operator %.40q is not known here", o.name)
	}
	return fmt.Errorf("operator code %d with %d inputs is not known here", o.code, len(o.inputs))
}

// function writes a function of each sample.
func (c *converter) function(o operator) error {
	in, err := c.features(o.inputs[0])
	if err != nil {
		return err
	}
	switch o.code {
	case opRelu:
		return c.result(o, c.node("Relu", in1(in), ""))
	case opRelu6:
		return c.result(o, c.clip6(in))
	case opLogistic:
		return c.result(o, c.node("Sigmoid", in1(in), ""))
	case opHardSwish: // x * clamp(x/6 + 1/2, 0, 1)
		gate := c.node("HardSigmoid", in1(in), "", float("alpha", 1./6), float("beta", .5))
		return c.result(o, c.node("Mul", []string{in, gate}, ""))
	}
	return fmt.Errorf("operator code %d is not known here", o.code)
}

// pair writes a sum or a product of two feature maps of one size, or of one and a value
// for each channel.
func (c *converter) pair(o operator, kind string) error {
	a, err := c.features(o.inputs[0])
	if err != nil {
		return err
	}
	b, err := c.features(o.inputs[1])
	if err != nil {
		return err
	}
	return c.activated(o, c.node(kind, []string{a, b}, ""), o.options.byte(0))
}

// Activations that are part of another operator (schema.fbs, ActivationFunctionType).
const (
	activationNone  = 0
	activationRelu  = 1
	activationRelu6 = 3
)

// activated applies an operator's own activation and gives the result its name.
func (c *converter) activated(o operator, name string, activation int64) error {
	switch activation {
	case activationNone:
	case activationRelu:
		name = c.node("Relu", in1(name), "")
	case activationRelu6:
		name = c.clip6(name)
	default:
		return fmt.Errorf("activation %d is not known here", activation)
	}
	return c.result(o, name)
}

func (c *converter) clip6(in string) string {
	low, high := c.constant(nil, 0), c.constant(nil, 6)
	return c.node("Clip", []string{in, low, high}, "")
}

// features returns the name of a feature map that has been made.
func (c *converter) features(i int64) (string, error) {
	if name := c.made[i]; name != "" && len(c.tensors[i].shape) == 4 {
		return name, nil
	}
	return "", fmt.Errorf("tensor %d is no feature map that has been made", i)
}

// result notes what makes the operator's output.
func (c *converter) result(o operator, name string) error {
	i := o.outputs[0]
	if c.made[i] != "" || c.tensors[i].data != nil {
		return fmt.Errorf("tensor %d is made twice", i)
	}
	if len(c.graph.Node) > maxNodes {
		return errors.New("the network has more operations than are allowed")
	}
	c.made[i] = name
	return nil
}

// node writes a node and returns the name of what it makes.
func (c *converter) node(kind string, in []string, out string, attributes ...*onnxpb.AttributeProto) string {
	if out == "" {
		out = c.name()
	}
	c.graph.Node = append(c.graph.Node, &onnxpb.NodeProto{
		Name: &out, OpType: &kind, Input: in, Output: []string{out}, Attribute: attributes,
	})
	return out
}

func (c *converter) name() string {
	c.names++
	return fmt.Sprintf("t%d", c.names)
}

func in1(name string) []string { return []string{name} }

// info describes a feature map of the graph.
func info(name string, t tensor) *onnxpb.ValueInfoProto {
	shape := &onnxpb.TensorShapeProto{}
	for _, d := range []int64{t.shape[0], t.shape[3], t.shape[1], t.shape[2]} {
		shape.Dim = append(shape.Dim, &onnxpb.TensorShapeProto_Dimension{Value: &onnxpb.TensorShapeProto_Dimension_DimValue{DimValue: d}})
	}
	kind := int32(onnxpb.TensorProto_FLOAT)
	return &onnxpb.ValueInfoProto{Name: &name, Type: &onnxpb.TypeProto{Value: &onnxpb.TypeProto_TensorType{
		TensorType: &onnxpb.TypeProto_Tensor{ElemType: &kind, Shape: shape}}}}
}

func integer(name string, v int64) *onnxpb.AttributeProto {
	return &onnxpb.AttributeProto{Name: &name, Type: onnxpb.AttributeProto_INT.Enum(), I: &v}
}

func integers(name string, v ...int64) *onnxpb.AttributeProto {
	return &onnxpb.AttributeProto{Name: &name, Type: onnxpb.AttributeProto_INTS.Enum(), Ints: v}
}

func float(name string, v float32) *onnxpb.AttributeProto {
	return &onnxpb.AttributeProto{Name: &name, Type: onnxpb.AttributeProto_FLOAT.Enum(), F: &v}
}

func text(name, v string) *onnxpb.AttributeProto {
	return &onnxpb.AttributeProto{Name: &name, Type: onnxpb.AttributeProto_STRING.Enum(), S: []byte(v)}
}
