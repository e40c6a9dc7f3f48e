package weights

import (
	"fmt"

	"mattebox/matte"
	"mattebox/weights/onnxpb"
)

// fixResizes gives each Resize a constant whole factor in place of a size, as
// the factor comes out for an input of spec.Size. The nets of this family halve
// and double their maps, so the factor is the same for every input size that
// is a multiple of spec.Multiple.
func fixResizes(g *onnxpb.GraphProto, spec matte.Spec) error {
	known, err := inferShapes(g, spec.Input, spec.Size)
	if err != nil {
		return err
	}
	have := map[string]bool{}
	for _, n := range g.Node {
		if n.GetOpType() != "Resize" || len(n.Input) < 4 {
			continue
		}
		factor, err := wholeFactor(known.dims[n.Input[0]], known.dims[n.Output[0]])
		if err != nil {
			return fmt.Errorf("resize %q: %w", n.GetName(), err)
		}
		name := fmt.Sprintf("mattebox_scales_%d", factor)
		if !have[name] {
			have[name] = true
			g.Initializer = append(g.Initializer, floatTensor(name, []int64{4}, 1, 1, float32(factor), float32(factor)))
		}
		n.Input = []string{n.Input[0], n.Input[1], name}
		halfPixel(n)
	}
	return nil
}

// wholeFactor returns the whole number by which both sides grow.
func wholeFactor(in, out []int64) (int64, error) {
	if in[2] < 1 || in[3] < 1 || out[0] != in[0] || out[1] != in[1] {
		return 0, fmt.Errorf("it turns %v into %v", in, out)
	}
	f := out[2] / in[2]
	if f < 1 || in[2]*f != out[2] || in[3]*f != out[3] {
		return 0, fmt.Errorf("%v to %v is not a whole factor", in[2:], out[2:])
	}
	return f, nil
}

// halfPixel replaces pytorch_half_pixel, which differs from half_pixel only for
// an output one pixel long, by the mode that ONNX Runtime has a blocked
// implementation for.
func halfPixel(n *onnxpb.NodeProto) {
	a := attribute(n, "coordinate_transformation_mode")
	if string(a.GetS()) == "pytorch_half_pixel" {
		a.S = []byte("half_pixel")
	}
}
