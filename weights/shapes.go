package weights

import (
	"fmt"
	"slices"

	"mattebox/weights/onnxpb"
)

// shapes is what is known of a graph's tensors for one input size: the
// dimensions of each, and the contents of those that hold shape arithmetic
// (flattened; scalars have one element).
type shapes struct {
	weights map[string]*onnxpb.TensorProto
	dims    map[string][]int64
	values  map[string][]int64
}

// maxSide bounds every dimension met on the way, so that no product of
// dimensions of a feature map overflows.
const maxSide = 1 << 20

// maxShapeValues bounds the tensors that count as shape arithmetic.
const maxShapeValues = 16

// inferShapes walks a graph in topological order, its input being 1x3xsizexsize.
// Only the operators of the U2-Net family are known; others are refused, so
// that a pass never works on a graph that it half understands.
func inferShapes(g *onnxpb.GraphProto, input string, size int) (*shapes, error) {
	s := &shapes{
		weights: initialisers(g),
		dims:    map[string][]int64{input: {1, 3, int64(size), int64(size)}},
		values:  map[string][]int64{},
	}
	for name, t := range s.weights {
		s.dims[name] = t.Dims
		if v, err := ints(t, maxShapeValues); err == nil {
			s.values[name] = v
		}
	}
	for _, n := range g.Node {
		if len(n.Output) == 0 {
			continue
		}
		if err := s.infer(n); err != nil {
			return nil, fmt.Errorf("node %q (%s): %w", n.GetName(), n.GetOpType(), err)
		}
		for _, d := range s.dims[n.Output[0]] {
			if d < 0 || d > maxSide {
				return nil, fmt.Errorf("node %q (%s): impossible dimensions %v", n.GetName(), n.GetOpType(), s.dims[n.Output[0]])
			}
		}
	}
	return s, nil
}

// infer records the facts of the node's first output.
func (s *shapes) infer(n *onnxpb.NodeProto) error {
	out := n.Output[0]
	switch n.GetOpType() {
	case "Constant":
		return s.constant(n)
	case "Identity", "Relu", "Sigmoid", "Add", "Cast":
		return s.same(n)
	case "Conv":
		return s.conv(n)
	case "MaxPool":
		return s.pool(n)
	case "Resize":
		return s.resize(n)
	case "Concat":
		return s.concat(n)
	case "Shape":
		in, err := s.feature(n, 0)
		s.setValue(out, slices.Clone(in))
		return err
	case "Slice":
		return s.slice(n)
	case "Gather":
		return s.gather(n)
	case "Unsqueeze":
		v, err := s.value(n, 0)
		s.setValue(out, v)
		return err
	}
	return fmt.Errorf("this operator is not one of the U2-Net family's")
}

// feature returns the 4 dimensions of the node's i-th input.
func (s *shapes) feature(n *onnxpb.NodeProto, i int) ([]int64, error) {
	if i >= len(n.Input) || len(s.dims[n.Input[i]]) != 4 {
		return nil, fmt.Errorf("input %d is not a feature map of known size", i)
	}
	return s.dims[n.Input[i]], nil
}

// value returns the contents of the node's i-th input.
func (s *shapes) value(n *onnxpb.NodeProto, i int) ([]int64, error) {
	if i < len(n.Input) {
		if v, ok := s.values[n.Input[i]]; ok {
			return v, nil
		}
	}
	return nil, fmt.Errorf("input %d is not a known integer tensor", i)
}

func (s *shapes) setValue(name string, v []int64) {
	s.values[name] = v
	s.dims[name] = []int64{int64(len(v))}
}

func (s *shapes) constant(n *onnxpb.NodeProto) error {
	t := attribute(n, "value").GetT()
	if t == nil {
		return fmt.Errorf("it holds no tensor")
	}
	s.dims[n.Output[0]] = t.Dims
	if v, err := ints(t, maxShapeValues); err == nil {
		s.values[n.Output[0]] = v
	}
	return nil
}

// same is for operators whose output is like their first input.
func (s *shapes) same(n *onnxpb.NodeProto) error {
	if len(n.Input) == 0 || s.dims[n.Input[0]] == nil {
		return fmt.Errorf("its input's size is unknown")
	}
	s.dims[n.Output[0]] = s.dims[n.Input[0]]
	if v, ok := s.values[n.Input[0]]; ok && n.GetOpType() != "Add" {
		s.values[n.Output[0]] = v
	}
	return nil
}

func (s *shapes) concat(n *onnxpb.NodeProto) error {
	var joined []int64
	for i := range n.Input {
		v, err := s.value(n, i)
		if err != nil {
			return s.concatFeatures(n)
		}
		joined = append(joined, v...)
	}
	if len(joined) > maxShapeValues {
		return fmt.Errorf("it joins too many values")
	}
	s.setValue(n.Output[0], joined)
	return nil
}

func (s *shapes) concatFeatures(n *onnxpb.NodeProto) error {
	if attribute(n, "axis").GetI() != 1 {
		return fmt.Errorf("feature maps are joined along an axis that is not their channels'")
	}
	first, err := s.feature(n, 0)
	if err != nil {
		return err
	}
	out := slices.Clone(first)
	for i := 1; i < len(n.Input); i++ {
		in, err := s.feature(n, i)
		if err != nil {
			return err
		}
		if !slices.Equal(in[2:], first[2:]) {
			return fmt.Errorf("it joins feature maps of sizes %v and %v", first[2:], in[2:])
		}
		out[1] += in[1]
	}
	s.dims[n.Output[0]] = out
	return nil
}

// slice handles the four-input and five-input forms along axis 0 in steps of 1.
func (s *shapes) slice(n *onnxpb.NodeProto) error {
	v, err := s.value(n, 0)
	if err != nil {
		return err
	}
	start, err := s.value(n, 1)
	if err != nil {
		return err
	}
	end, err := s.value(n, 2)
	if err != nil {
		return err
	}
	if len(n.Input) > 4 {
		if step, err := s.value(n, 4); err != nil || !slices.Equal(step, []int64{1}) {
			return fmt.Errorf("it does not take every element")
		}
	}
	if len(start) != 1 || len(end) != 1 {
		return fmt.Errorf("it slices more than one axis")
	}
	from, to := clampIndex(start[0], len(v)), clampIndex(end[0], len(v))
	s.setValue(n.Output[0], v[from:max(from, to)])
	return nil
}

// clampIndex resolves a slice bound as ONNX does: negative counts from the end,
// beyond either end is that end.
func clampIndex(i int64, n int) int64 {
	if i < 0 {
		i += int64(n)
	}
	return min(max(i, 0), int64(n))
}

func (s *shapes) gather(n *onnxpb.NodeProto) error {
	v, err := s.value(n, 0)
	if err != nil {
		return err
	}
	index, err := s.value(n, 1)
	if err != nil {
		return err
	}
	out := make([]int64, len(index))
	for k, i := range index {
		if i < 0 {
			i += int64(len(v))
		}
		if i < 0 || i >= int64(len(v)) {
			return fmt.Errorf("it takes element %d of %d", index[k], len(v))
		}
		out[k] = v[i]
	}
	s.setValue(n.Output[0], out)
	return nil
}
