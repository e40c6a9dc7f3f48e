package weights

import (
	"fmt"

	"google.golang.org/protobuf/proto"

	"mattebox/matte"
	"mattebox/weights/onnxpb"
)

// blockChannels is the widest channel block of ONNX Runtime's blocked layout
// (AVX-512). Parts that are not whole blocks stay concatenated.
const blockChannels = 16

// minSplitBytes is the size of a concatenation, as float32 at the spec's size,
// from which splitting pays: below it the memory saved is not what the peak is
// made of, and each convolution and addition more costs time. At 1024 this takes
// three of IS-Net's fifty, which together give all the memory there is to win.
const minSplitBytes = 64 << 20

// splitPass splits the concatenations of at least so many bytes.
func splitPass(minBytes int64) pass {
	return pass{"splitting concatenations", func(g *onnxpb.GraphProto, spec matte.Spec) error {
		return splitConcats(g, spec, minBytes)
	}}
}

// splitConcats turns Conv(Concat(a, b), W) into Conv(a, Wa) + Conv(b, Wb), with
// W cut along its input channels, wherever every user of the concatenation is
// such a convolution. The sum is the same but for the order of additions.
func splitConcats(g *onnxpb.GraphProto, spec matte.Spec, minBytes int64) error {
	known, err := inferShapes(g, spec.Input, spec.Size)
	if err != nil {
		return err
	}
	joins := splittable(g, known, minBytes)
	var nodes []*onnxpb.NodeProto
	for _, n := range g.Node {
		join := joins[firstInput(n)]
		if join == nil {
			nodes = append(nodes, n)
			continue
		}
		parts, weights, err := splitConv(n, join, known)
		if err != nil {
			return fmt.Errorf("convolution %q: %w", n.GetName(), err)
		}
		nodes = append(nodes, parts...)
		g.Initializer = append(g.Initializer, weights...)
	}
	g.Node = nodes
	return nil
}

func firstInput(n *onnxpb.NodeProto) string {
	if len(n.Input) == 0 {
		return ""
	}
	return n.Input[0]
}

// splittable maps the output of each concatenation that can go to its node.
func splittable(g *onnxpb.GraphProto, known *shapes, minBytes int64) map[string]*onnxpb.NodeProto {
	joins := map[string]*onnxpb.NodeProto{}
	for _, n := range g.Node {
		if n.GetOpType() == "Concat" && wholeBlocks(n, known) && bytesOf(known.dims[n.Output[0]]) >= minBytes {
			joins[n.Output[0]] = n
		}
	}
	for _, n := range g.Node {
		for i, in := range n.Input {
			if i > 0 || !canSplit(n, known) {
				delete(joins, in)
			}
		}
	}
	for _, o := range g.Output {
		delete(joins, o.GetName())
	}
	return joins
}

func wholeBlocks(n *onnxpb.NodeProto, known *shapes) bool {
	for _, in := range n.Input {
		dims := known.dims[in]
		if len(dims) != 4 || dims[1]%blockChannels != 0 {
			return false
		}
	}
	return len(n.Input) > 1
}

// bytesOf returns the size of a float32 feature map. Its four sides are at most
// maxSide each, hence the float.
func bytesOf(dims []int64) int64 {
	return int64(min(4*float64(dims[0])*float64(dims[1])*float64(dims[2])*float64(dims[3]), 1<<62))
}

// canSplit reports whether the node is a plain convolution with float32 weights
// in the file.
func canSplit(n *onnxpb.NodeProto, known *shapes) bool {
	if n.GetOpType() != "Conv" || len(n.Input) < 2 {
		return false
	}
	group := attribute(n, "group")
	w := known.weights[n.Input[1]]
	return (group == nil || group.GetI() == 1) && w != nil && len(w.Dims) == 4 &&
		w.GetDataType() == int32(onnxpb.TensorProto_FLOAT) && w.RawData != nil
}

// splitConv returns the nodes and weights that replace one convolution of the
// concatenation: a convolution for each part, the first with the bias, and the
// additions between them.
func splitConv(conv, join *onnxpb.NodeProto, known *shapes) ([]*onnxpb.NodeProto, []*onnxpb.TensorProto, error) {
	var nodes []*onnxpb.NodeProto
	var weights []*onnxpb.TensorProto
	var sum string
	from := int64(0)
	for k, in := range join.Input {
		to := from + known.dims[in][1]
		name := fmt.Sprintf("%s_weights%d", conv.Output[0], k)
		w, err := inputChannels(known.weights[conv.Input[1]], name, from, to)
		if err != nil {
			return nil, nil, err
		}
		weights = append(weights, w)
		part := proto.CloneOf(conv)
		part.Name = proto.String(fmt.Sprintf("%s_part%d", conv.GetName(), k))
		part.Input = []string{in, name}
		if k == 0 {
			part.Input = append(part.Input, conv.Input[2:]...)
		}
		part.Output = []string{fmt.Sprintf("%s_part%d", conv.Output[0], k)}
		nodes = append(nodes, part)
		if k == 0 {
			sum = part.Output[0]
		} else {
			out := conv.Output[0]
			if k < len(join.Input)-1 {
				out = fmt.Sprintf("%s_sum%d", conv.Output[0], k)
			}
			nodes = append(nodes, addNode(sum, part.Output[0], out))
			sum = out
		}
		from = to
	}
	return nodes, weights, nil
}

func addNode(a, b, out string) *onnxpb.NodeProto {
	return &onnxpb.NodeProto{
		Name: proto.String(out), OpType: proto.String("Add"),
		Input: []string{a, b}, Output: []string{out},
	}
}

// inputChannels cuts the weights MxCxHxW to the input channels from..to.
func inputChannels(w *onnxpb.TensorProto, name string, from, to int64) (*onnxpb.TensorProto, error) {
	n, err := elements(w)
	if err != nil {
		return nil, err
	}
	m, c := w.Dims[0], w.Dims[1]
	if to > c || m < 1 || c < 1 || int64(len(w.RawData)) != 4*n {
		return nil, fmt.Errorf("its weights %v do not fit %d input channels", w.Dims, to)
	}
	plane := 4 * n / m / c // bytes of one input channel of one output channel
	raw := make([]byte, 0, m*(to-from)*plane)
	for i := range m {
		row := i * c * plane
		raw = append(raw, w.RawData[row+from*plane:row+to*plane]...)
	}
	return rawTensor(name, []int64{m, to - from, w.Dims[2], w.Dims[3]}, raw), nil
}
