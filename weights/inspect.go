package weights

import (
	"mattebox"
	"mattebox/matte"
	"mattebox/weights/onnxpb"
)

// complete checks a spec against the ONNX file it is for and fills what it
// leaves open from the graph: the name of the only input, the name of the first
// output, and the input's side where the graph fixes it. fixed reports the last.
func complete(spec matte.Spec, data []byte) (_ matte.Spec, fixed bool, err error) {
	model, err := parseModel(data)
	if err != nil {
		return spec, false, err
	}
	in, err := pictureInput(model.Graph, spec.Input)
	if err != nil {
		return spec, false, err
	}
	spec.Input = in.GetName()
	if spec.Output == "" {
		spec.Output = model.Graph.Output[0].GetName()
	}
	if !hasOutput(model.Graph, spec.Output) {
		return spec, false, mattebox.Invalid("spec.output", "the graph has no output %q", spec.Output)
	}
	dims := in.GetType().GetTensorType().GetShape().GetDim()
	if len(dims) != 4 {
		return spec, false, mattebox.Invalid("graph", "its input %q has %d dimensions, not 4", spec.Input, len(dims))
	}
	height, width := dims[2].GetDimValue(), dims[3].GetDimValue()
	if height <= 0 || width <= 0 {
		return spec, false, nil
	}
	if height != width {
		return spec, false, mattebox.Invalid("graph", "its input is %d x %d; only square ones are supported", width, height)
	}
	spec.Size = int(height)
	if spec.Multiple > 0 && spec.Size%spec.Multiple != 0 {
		spec.Multiple = 0
	}
	return spec, true, validateSpec(&spec)
}

// pictureInput returns the input of the name, or the only input that is not an
// initialiser when the name is empty.
func pictureInput(g *onnxpb.GraphProto, name string) (*onnxpb.ValueInfoProto, error) {
	weights := initialisers(g)
	var found *onnxpb.ValueInfoProto
	for _, v := range g.Input {
		if weights[v.GetName()] != nil || (name != "" && v.GetName() != name) {
			continue
		}
		if found != nil {
			return nil, mattebox.Invalid("spec.input", "the graph has several inputs; name the picture's")
		}
		found = v
	}
	if found == nil {
		return nil, mattebox.Invalid("spec.input", "the graph has no input %q", name)
	}
	return found, nil
}

func hasOutput(g *onnxpb.GraphProto, name string) bool {
	for _, o := range g.Output {
		if o.GetName() == name {
			return true
		}
	}
	return false
}
