package weights

import (
	"google.golang.org/protobuf/proto"

	"mattebox/matte"
	"mattebox/weights/onnxpb"
)

// widen turns every float16 initialiser, constant, input and output into
// float32 and takes out the casts between the two.
func widen(g *onnxpb.GraphProto, _ matte.Spec) error {
	for _, t := range g.Initializer {
		if err := widenIfHalf(t); err != nil {
			return err
		}
	}
	for _, n := range g.Node {
		for _, a := range n.Attribute {
			if err := widenIfHalf(a.T); err != nil {
				return err
			}
		}
	}
	for _, v := range append(append([]*onnxpb.ValueInfoProto{}, g.Input...), g.Output...) {
		if t := v.GetType().GetTensorType(); isHalf(t.GetElemType()) {
			t.ElemType = proto.Int32(int32(onnxpb.TensorProto_FLOAT))
		}
	}
	removeFloatCasts(g)
	return nil
}

func isHalf(kind int32) bool { return kind == int32(onnxpb.TensorProto_FLOAT16) }

func widenIfHalf(t *onnxpb.TensorProto) error {
	if t == nil || !isHalf(t.GetDataType()) {
		return nil
	}
	return widenTensor(t)
}

// removeFloatCasts lets the users of a cast between float types read what the
// cast read. Where the cast makes an output of the graph, an Identity keeps the
// name; ONNX Runtime takes it out on loading.
func removeFloatCasts(g *onnxpb.GraphProto) {
	outputs := map[string]bool{}
	for _, o := range g.Output {
		outputs[o.GetName()] = true
	}
	source := map[string]string{}
	for _, n := range g.Node {
		if !isFloatCast(n) {
			continue
		}
		source[n.Output[0]] = n.Input[0]
		if outputs[n.Output[0]] {
			n.OpType, n.Attribute = proto.String("Identity"), nil
		}
	}
	for _, n := range g.Node {
		for i, in := range n.Input {
			n.Input[i] = follow(source, in)
		}
	}
}

// follow returns the end of the chain of names that starts at name. A chain
// longer than the map is a cycle; the topological sort reports it.
func follow(source map[string]string, name string) string {
	for range len(source) {
		next, ok := source[name]
		if !ok {
			break
		}
		name = next
	}
	return name
}

func isFloatCast(n *onnxpb.NodeProto) bool {
	to := onnxpb.TensorProto_DataType(attribute(n, "to").GetI())
	return n.GetOpType() == "Cast" && len(n.Input) == 1 && len(n.Output) == 1 &&
		(to == onnxpb.TensorProto_FLOAT || to == onnxpb.TensorProto_FLOAT16)
}
