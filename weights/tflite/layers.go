package tflite

import (
	"encoding/binary"
	"fmt"

	"mattebox/weights/onnxpb"
)

// Paddings (schema.fbs, Padding). Custom operators count from 1.
const (
	paddingSame  = 0
	paddingValid = 1
)

// window is how a layer's weights move over a feature map, height first.
type window struct {
	padding  int64
	kernel   [2]int64
	stride   [2]int64
	dilation [2]int64
}

// conv writes a convolution: weights are output, height, width, input channel.
func (c *converter) conv(o operator) error {
	w := c.tensors[o.inputs[1]].shape
	if len(w) != 4 {
		return fmt.Errorf("its weights have the shape %v", w)
	}
	p := o.options
	v := window{p.byte(0), [2]int64{w[1], w[2]}, [2]int64{p.int(2, 0), p.int(1, 0)}, [2]int64{p.int(5, 1), p.int(4, 1)}}
	return c.convolution(o, v, [4]int{0, 3, 1, 2}, 1, w[3], p.byte(3))
}

// depthwise writes a convolution of each channel for itself: weights are 1, height, width, output
// channel.
func (c *converter) depthwise(o operator) error {
	w := c.tensors[o.inputs[1]].shape
	if len(w) != 4 || w[0] != 1 {
		return fmt.Errorf("its weights have the shape %v", w)
	}
	p := o.options
	v := window{p.byte(0), [2]int64{w[1], w[2]}, [2]int64{p.int(2, 0), p.int(1, 0)}, [2]int64{p.int(6, 1), p.int(5, 1)}}
	multiplier := p.int(3, 0)
	if multiplier < 1 || w[3]%multiplier != 0 {
		return fmt.Errorf("%d channels are not %d for each of the input's", w[3], multiplier)
	}
	return c.convolution(o, v, [4]int{3, 0, 1, 2}, w[3]/multiplier, w[3]/multiplier, p.byte(4))
}

// convolution writes a convolution whose weights' dimensions are to be taken in
// the order given.
func (c *converter) convolution(o operator, v window, order [4]int, groups, channels, activation int64) error {
	in, err := c.features(o.inputs[0])
	if err != nil {
		return err
	}
	if have := c.tensors[o.inputs[0]].shape; have[3] != channels {
		return fmt.Errorf("a map of %v for %d channels", have, channels)
	}
	pads, err := v.pads(c.tensors[o.inputs[0]].shape)
	if err != nil {
		return err
	}
	weights, err := c.weight(o.inputs[1], order[:])
	if err != nil {
		return err
	}
	bias, err := c.weight(o.inputs[2], nil)
	if err != nil {
		return err
	}
	attributes := []*onnxpb.AttributeProto{
		integers("kernel_shape", v.kernel[:]...), integers("strides", v.stride[:]...),
		integers("dilations", v.dilation[:]...), integers("pads", pads[:]...), integer("group", groups),
	}
	return c.activated(o, c.node("Conv", []string{in, weights, bias}, "", attributes...), activation)
}

// Limits of a window.
const (
	maxKernel = 64
	maxStride = 64
)

// pads returns what is added to a map of the shape above, left, below and right.
// The format's "same" adds what makes the output the input's size over the
// stride, the odd one below and right. It must not depend on the size: sizes
// must be multiples of the stride.
func (v window) pads(shape []int64) ([4]int64, error) {
	var pads [4]int64
	for k := range 2 {
		if v.stride[k] < 1 || v.stride[k] > maxStride || v.dilation[k] < 1 || v.dilation[k] > maxStride || v.kernel[k] > maxKernel {
			return pads, fmt.Errorf("a window of %v in steps of %v, %v apart, is not known here", v.kernel, v.stride, v.dilation)
		}
		switch v.padding {
		case paddingSame:
			if shape[1+k]%v.stride[k] != 0 {
				return pads, fmt.Errorf("a map of %v is no multiple of the steps %v", shape, v.stride)
			}
			total := max((v.kernel[k]-1)*v.dilation[k]+1-v.stride[k], 0)
			pads[k], pads[2+k] = total/2, total-total/2
		case paddingValid:
			// Only a window of one sample leaves every size what it was.
			if v.kernel[k] != 1 || v.stride[k] != 1 {
				return pads, fmt.Errorf("a window of %v without padding is not known here", v.kernel)
			}
		default:
			return pads, fmt.Errorf("padding %d is not known here", v.padding)
		}
	}
	return pads, nil
}

// transposed writes MediaPipe's transposed convolution: weights are output, height, width,
// input channel; the options are three numbers of four bytes, padding (1: same),
// width and height of the stride (TfLiteTransposeConvParams).
func (c *converter) transposed(o operator) error {
	in, err := c.features(o.inputs[0])
	if err != nil {
		return err
	}
	w := c.tensors[o.inputs[1]].shape
	if len(w) != 4 || w[3] != c.tensors[o.inputs[0]].shape[3] || len(o.custom) < 12 {
		return fmt.Errorf("its weights have the shape %v, its options %d bytes", w, len(o.custom))
	}
	var options [3]int64
	for i := range options {
		options[i] = int64(binary.LittleEndian.Uint32(o.custom[4*i:]))
	}
	kernel, stride := w[1:3], []int64{options[2], options[1]}
	var pads [4]int64
	for k := range 2 {
		if options[0] != 1 || stride[k] < 1 || stride[k] > kernel[k] || kernel[k] > maxKernel {
			return fmt.Errorf("a transposed window of %v in steps of %v, padding %d, is not known here", kernel, stride, options[0])
		}
		total := kernel[k] - stride[k]
		pads[k], pads[2+k] = total/2, total-total/2
	}
	weights, err := c.weight(o.inputs[1], []int{3, 0, 1, 2})
	if err != nil {
		return err
	}
	bias, err := c.weight(o.inputs[2], nil)
	if err != nil {
		return err
	}
	return c.result(o, c.node("ConvTranspose", []string{in, weights, bias}, "",
		integers("kernel_shape", kernel...), integers("strides", stride...), integers("pads", pads[:]...)))
}
