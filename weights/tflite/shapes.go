package tflite

import (
	"encoding/binary"
	"fmt"
	"slices"

	"mattebox/weights/onnxpb"
)

// averagePool writes the mean over a whole map, the only window whose meaning does
// not depend on the size.
func (c *converter) averagePool(o operator) error {
	shape, p := c.tensors[o.inputs[0]].shape, o.options
	if len(shape) != 4 || p.int(4, 0) != shape[1] || p.int(3, 0) != shape[2] || p.byte(0) != paddingValid {
		return fmt.Errorf("a mean over %d x %d of a map of %v is not known here; over the whole it is", p.int(4, 0), p.int(3, 0), shape)
	}
	in, err := c.features(o.inputs[0])
	if err != nil {
		return err
	}
	return c.activated(o, c.node("GlobalAveragePool", in1(in), ""), p.byte(5))
}

// mean writes the mean over height and width.
func (c *converter) mean(o operator) error {
	axes := c.numbers(o.inputs[1])
	slices.Sort(axes)
	if !slices.Equal(axes, []int64{1, 2}) || o.options.byte(0) == 0 {
		return fmt.Errorf("a mean over the axes %v is not known here; over height and width, both kept, it is", axes)
	}
	in, err := c.features(o.inputs[0])
	if err != nil {
		return err
	}
	return c.result(o, c.node("GlobalAveragePool", in1(in), ""))
}

// maxFactor is the most by which a map grows at once.
const maxFactor = 32

// resize writes a bilinear growing by whole factors.
func (c *converter) resize(o operator) error {
	in, err := c.features(o.inputs[0])
	if err != nil {
		return err
	}
	from, to := c.tensors[o.inputs[0]].shape, c.numbers(o.inputs[1])
	if len(to) != 2 || to[0]%from[1] != 0 || to[1]%from[2] != 0 || to[0] < 1 || to[1] < 1 || to[0]/from[1] > maxFactor || to[1]/from[2] > maxFactor {
		return fmt.Errorf("%v to %v is not a whole factor of at most %d", from, to, maxFactor)
	}
	mode := "asymmetric"
	switch align, half := o.options.byte(2) != 0, o.options.byte(3) != 0; {
	case align && half:
		return fmt.Errorf("corners cannot be aligned and centres be half pixels at once")
	case align:
		mode = "align_corners"
	case half:
		mode = "half_pixel"
	}
	scales := c.constant([]int64{4}, 1, 1, float32(to[0]/from[1]), float32(to[1]/from[2]))
	return c.result(o, c.node("Resize", []string{in, "", scales}, "", text("mode", "linear"), text("coordinate_transformation_mode", mode)))
}

// dequantize writes down where a constant of halves is widened; the cast is written
// where the constant is used, behind its transposition.
func (c *converter) dequantize(o operator) error {
	from, to := o.inputs[0], o.outputs[0]
	t := c.tensors[from]
	if t.data == nil || t.kind != float16s || c.tensors[to].data != nil || c.made[to] != "" {
		return fmt.Errorf("tensor %d is widened; only float16 constants are", from)
	}
	c.source[to] = from
	return nil
}

// numbers returns the few integers of a constant, nil when it is none.
func (c *converter) numbers(i int64) []int64 {
	t := c.tensors[i]
	if t.kind != int32s || len(t.data) > 4*maxDims {
		return nil
	}
	out := make([]int64, len(t.data)/4)
	for k := range out {
		out[k] = int64(int32(binary.LittleEndian.Uint32(t.data[4*k:])))
	}
	return out
}

// constant writes a few float32 values; no dims is a scalar.
func (c *converter) constant(dims []int64, values ...float32) string {
	name, kind := c.name(), int32(onnxpb.TensorProto_FLOAT)
	c.graph.Initializer = append(c.graph.Initializer, &onnxpb.TensorProto{Name: &name, Dims: dims, DataType: &kind, RawData: floats(values)})
	return name
}
