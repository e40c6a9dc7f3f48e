package tflite

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"mattebox/weights/onnxpb"
)

// weight writes a constant with its dimensions in another order (nil: as they
// are), and a cast where it holds halves. It returns the name to read.
func (c *converter) weight(i int64, order []int) (string, error) {
	if from, widened := c.source[i]; widened {
		i = from
	}
	t := c.tensors[i]
	if t.data == nil || t.kind != float32s && t.kind != float16s {
		return "", fmt.Errorf("tensor %d holds no weights", i)
	}
	if order == nil && len(t.shape) != 1 || order != nil && len(t.shape) != len(order) {
		return "", fmt.Errorf("its weights have the shape %v", t.shape)
	}
	// Operators may share a constant: what is written is bounded, not only what is read.
	if c.weights += int64(len(t.data)); c.weights > maxWeights {
		return "", errors.New("the network has more weights than are allowed")
	}
	name, kind := c.name(), onnxpb.TensorProto_FLOAT
	dims, raw := t.shape, t.data
	if order != nil {
		dims, raw = transpose(t, order)
	}
	if t.kind == float16s {
		kind = onnxpb.TensorProto_FLOAT16
	}
	number := int32(kind)
	c.graph.Initializer = append(c.graph.Initializer, &onnxpb.TensorProto{Name: &name, Dims: dims, DataType: &number, RawData: raw})
	if t.kind == float16s {
		return c.node("Cast", in1(name), "", integer("to", int64(onnxpb.TensorProto_FLOAT))), nil
	}
	return name, nil
}

// transpose returns a tensor of four dimensions with these in another order:
// dimension k of the result is dimension order[k] of t.
func transpose(t tensor, order []int) ([]int64, []byte) {
	var dims, step [4]int64 // of the result; step counts elements of t
	for k, from := range order {
		dims[k] = t.shape[from]
		step[k] = 1
		for _, below := range t.shape[from+1:] {
			step[k] *= below
		}
	}
	size := t.kind.size()
	out := make([]byte, 0, len(t.data))
	for a := range dims[0] {
		for b := range dims[1] {
			for c := range dims[2] {
				at := a*step[0] + b*step[1] + c*step[2]
				for d := range dims[3] {
					from := (at + d*step[3]) * size
					out = append(out, t.data[from:from+size]...)
				}
			}
		}
	}
	return dims[:], out
}

// floats returns the values as the bytes of a tensor.
func floats(values []float32) []byte {
	raw := make([]byte, 0, 4*len(values))
	for _, v := range values {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
	}
	return raw
}
