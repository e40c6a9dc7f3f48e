package weights

import (
	"encoding/binary"
	"fmt"
	"math"

	"mattebox/weights/onnxpb"
)

// window is the sliding window of a convolution or a pooling along one axis.
type window struct{ kernel, stride, dilation, padBefore, padAfter int64 }

// windows reads the node's attributes for height and width.
func windows(n *onnxpb.NodeProto, kernel []int64) ([2]window, error) {
	var w [2]window
	if p := string(attribute(n, "auto_pad").GetS()); p != "" && p != "NOTSET" {
		return w, fmt.Errorf("padding %s is not supported", p)
	}
	strides := intsOr(n, "strides", 1, 1)
	dilations := intsOr(n, "dilations", 1, 1)
	pads := intsOr(n, "pads", 0, 0, 0, 0)
	if len(kernel) != 2 || len(strides) != 2 || len(dilations) != 2 || len(pads) != 4 {
		return w, fmt.Errorf("its window is not two-dimensional")
	}
	for i := range w {
		w[i] = window{kernel[i], strides[i], dilations[i], pads[i], pads[i+2]}
		if !w[i].sane() {
			return w, fmt.Errorf("its window %+v is impossible", w[i])
		}
	}
	return w, nil
}

func (w window) sane() bool {
	for _, v := range []int64{w.kernel, w.stride, w.dilation} {
		if v < 1 || v > maxSide {
			return false
		}
	}
	return w.padBefore >= 0 && w.padAfter >= 0 && w.padBefore <= maxSide && w.padAfter <= maxSide
}

// positions returns how many windows fit along an axis of the length, by ONNX's
// formula for Conv and MaxPool; up rounds the last partial window in.
func (w window) positions(length int64, up bool) int64 {
	room := length + w.padBefore + w.padAfter - w.dilation*(w.kernel-1) - 1
	if room < 0 {
		return 0
	}
	if up {
		room += w.stride - 1
	}
	return room/w.stride + 1
}

func intsOr(n *onnxpb.NodeProto, name string, fallback ...int64) []int64 {
	if a := attribute(n, name); a != nil {
		return a.Ints
	}
	return fallback
}

func (s *shapes) conv(n *onnxpb.NodeProto) error {
	in, err := s.feature(n, 0)
	if err != nil {
		return err
	}
	kernel, err := s.feature(n, 1)
	if err != nil {
		return err
	}
	w, err := windows(n, kernel[2:])
	if err != nil {
		return err
	}
	s.dims[n.Output[0]] = []int64{in[0], kernel[0], w[0].positions(in[2], false), w[1].positions(in[3], false)}
	return nil
}

func (s *shapes) pool(n *onnxpb.NodeProto) error {
	in, err := s.feature(n, 0)
	if err != nil {
		return err
	}
	w, err := windows(n, attribute(n, "kernel_shape").GetInts())
	if err != nil {
		return err
	}
	up := attribute(n, "ceil_mode").GetI() == 1
	s.dims[n.Output[0]] = []int64{in[0], in[1], w[0].positions(in[2], up), w[1].positions(in[3], up)}
	return nil
}

// resize handles both forms: to the sizes of the fourth input, or by the
// constant factors of the third.
func (s *shapes) resize(n *onnxpb.NodeProto) error {
	in, err := s.feature(n, 0)
	if err != nil {
		return err
	}
	if len(n.Input) > 3 {
		sizes, err := s.value(n, 3)
		if err != nil {
			return err
		}
		if len(sizes) != 4 {
			return fmt.Errorf("it resizes %d axes, not 4", len(sizes))
		}
		s.dims[n.Output[0]] = sizes
		return nil
	}
	if len(n.Input) < 3 {
		return fmt.Errorf("it has neither sizes nor factors")
	}
	factors := s.weights[n.Input[2]]
	if factors == nil || len(factors.RawData) != 16 {
		return fmt.Errorf("its factors are not constant")
	}
	out := make([]int64, 4)
	for i := range out {
		f := float64(math.Float32frombits(binary.LittleEndian.Uint32(factors.RawData[4*i:])))
		if !(f > 0 && f <= maxSide) {
			return fmt.Errorf("its factor %g is impossible", f)
		}
		out[i] = int64(math.Floor(float64(in[i]) * f))
	}
	s.dims[n.Output[0]] = out
	return nil
}
