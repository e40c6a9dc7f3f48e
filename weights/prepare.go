package weights

import (
	"fmt"

	"google.golang.org/protobuf/proto"

	"mattebox"
	"mattebox/matte"
	"mattebox/weights/onnxpb"
	"mattebox/weights/tflite"
)

// maxNodes bounds the graphs that are rewritten; the nets we know have under
// two thousand nodes.
const maxNodes = 50_000

// A pass rewrites a graph in place without changing what its wanted output is,
// up to float32 rounding.
type pass struct {
	name string
	run  func(*onnxpb.GraphProto, matte.Spec) error
}

// passes returns the passes of a preparation in their order.
//
// Measured with ONNX Runtime 1.24.3 on two AVX-512 cores, memory pattern off:
// IS-Net at 1024 goes from 1383 MB and 2.15 s of processor time as it comes to
// 724 MB and 1.61 s (splitting concatenations is 60 MB of that and costs no
// time); U2-Netp at 320 from 338 to 249 MB and from 0.28 to 0.24 s.
func passes(p Preparation) []pass {
	if p == PrepareTFLite { // written by us: factors and windows fit every size
		return []pass{{"keeping the wanted output", keepOutput}, {"widening to float32", widen}, {"freeing the input size", freeSize}}
	}
	common := []pass{
		{"keeping the wanted output", keepOutput},
		{"fixing the resize factors", fixResizes},
		{"widening to float32", widen}, // after it: no integer is cast to float any more
		{"freeing the input size", freeSize},
	}
	if p == PrepareISNet {
		return append(common, splitPass(minSplitBytes))
	}
	return common
}

// Prepare returns the ONNX file with its graph rewritten so that it runs in
// less time and memory and takes any input size that is a multiple of the
// spec's Multiple. What is done, for all preparations:
//
//   - outputs other than spec.Output go, with every node that only they need;
//   - float16 initialisers become float32 and casts between the two go (the
//     nets run in float32 on a CPU, and each cast is a copy);
//   - each Resize to a size that was computed from shapes, or fixed for
//     spec.Size, becomes a Resize by a constant factor, which ONNX Runtime can
//     run in its blocked layout; the shape arithmetic goes;
//   - input and output height and width become symbolic;
//   - and for IS-Net, a convolution of a very large concatenation becomes the
//     sum of convolutions of its parts, so that the whole is never stored.
//
// A TensorFlow Lite file is converted to ONNX first (PrepareTFLite).
//
// The same bytes in give the same bytes out. A graph that does not fit the
// preparation is refused with a CodeInvalid error. PrepareNone returns data.
func Prepare(data []byte, p Preparation, spec matte.Spec) ([]byte, error) {
	if p == PrepareNone {
		return data, nil
	}
	data, err := asONNX(data, p)
	if err != nil {
		return nil, err
	}
	return rewrite(data, passes(p), spec)
}

// asONNX returns a fetched file as ONNX.
func asONNX(data []byte, p Preparation) ([]byte, error) {
	if p != PrepareTFLite {
		return data, nil
	}
	model, err := tflite.Convert(data)
	if err != nil {
		return nil, mattebox.Invalid("graph", "cannot be converted: %v", err)
	}
	return write(model)
}

// rewrite runs the passes over the file, tidying after each.
func rewrite(data []byte, passes []pass, spec matte.Spec) ([]byte, error) {
	model, err := parseModel(data)
	if err != nil {
		return nil, err
	}
	for _, pass := range passes {
		if err := pass.run(model.Graph, spec); err != nil {
			return nil, mattebox.Invalid("graph", "%s: %v", pass.name, err)
		}
		if err := tidy(model.Graph); err != nil {
			return nil, mattebox.Invalid("graph", "after %s: %v", pass.name, err)
		}
	}
	model.ProducerName = proto.String("mattebox")
	model.ProducerVersion, model.MetadataProps, model.DocString = nil, nil, nil
	return write(model)
}

// write returns the model's file; the same for the same model.
func write(model *onnxpb.ModelProto) ([]byte, error) {
	out, err := proto.MarshalOptions{Deterministic: true}.Marshal(model)
	if err != nil {
		return nil, mattebox.Wrap(mattebox.CodeInternal, err, "writing the prepared graph")
	}
	return out, nil
}

// parseModel reads an ONNX file and refuses what no pass could work on.
func parseModel(data []byte) (*onnxpb.ModelProto, error) {
	var model onnxpb.ModelProto
	if err := proto.Unmarshal(data, &model); err != nil {
		return nil, mattebox.Invalid("graph", "is not an ONNX file: %v", err)
	}
	g := model.Graph
	if g == nil || len(g.Node) == 0 || len(g.Output) == 0 {
		return nil, mattebox.Invalid("graph", "is not an ONNX file with a graph in it")
	}
	if len(g.Node) > maxNodes {
		return nil, mattebox.Invalid("graph", "has %d nodes; %d are allowed", len(g.Node), maxNodes)
	}
	for _, t := range g.Initializer {
		if t.GetDataLocation() == onnxpb.TensorProto_EXTERNAL {
			return nil, mattebox.Invalid("graph", "keeps its weights in other files (external data); save it as one file")
		}
	}
	return &model, nil
}

// keepOutput drops every output of the graph but the spec's.
func keepOutput(g *onnxpb.GraphProto, spec matte.Spec) error {
	for _, o := range g.Output {
		if o.GetName() == spec.Output {
			g.Output = []*onnxpb.ValueInfoProto{o}
			return nil
		}
	}
	return fmt.Errorf("there is no output named %q", spec.Output)
}

// freeSize makes height and width of the input and the output symbolic.
func freeSize(g *onnxpb.GraphProto, spec matte.Spec) error {
	in, err := inputNamed(g, spec.Input)
	if err != nil {
		return err
	}
	for _, v := range []*onnxpb.ValueInfoProto{in, g.Output[0]} {
		dims := v.GetType().GetTensorType().GetShape().GetDim()
		if len(dims) != 4 {
			return fmt.Errorf("%q has %d dimensions, not 4", v.GetName(), len(dims))
		}
		for k, name := range map[int]string{2: "height", 3: "width"} {
			dims[k].Value = &onnxpb.TensorShapeProto_Dimension_DimParam{DimParam: name}
		}
	}
	return nil
}

// inputNamed returns the graph's input of that name. Old files list their
// initialisers among the inputs too.
func inputNamed(g *onnxpb.GraphProto, name string) (*onnxpb.ValueInfoProto, error) {
	for _, v := range g.Input {
		if v.GetName() == name {
			return v, nil
		}
	}
	return nil, fmt.Errorf("there is no input named %q", name)
}
