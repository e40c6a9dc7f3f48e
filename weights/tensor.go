package weights

import (
	"encoding/binary"
	"fmt"
	"math"

	"mattebox/weights/onnxpb"
)

// ints returns the values of an integer tensor, at most limit of them.
func ints(t *onnxpb.TensorProto, limit int) ([]int64, error) {
	n, err := elements(t)
	if err != nil || n > int64(limit) {
		return nil, fmt.Errorf("tensor %q is too large for a shape", t.GetName())
	}
	size := 8
	switch onnxpb.TensorProto_DataType(t.GetDataType()) {
	case onnxpb.TensorProto_INT64:
		if t.RawData == nil && int64(len(t.Int64Data)) == n {
			return t.Int64Data, nil
		}
	case onnxpb.TensorProto_INT32:
		size = 4
	default:
		return nil, fmt.Errorf("tensor %q does not hold integers", t.GetName())
	}
	if int64(len(t.RawData)) != n*int64(size) {
		return nil, fmt.Errorf("tensor %q has the wrong length", t.GetName())
	}
	out := make([]int64, n)
	for i := range out {
		if size == 8 {
			out[i] = int64(binary.LittleEndian.Uint64(t.RawData[8*i:]))
		} else {
			out[i] = int64(int32(binary.LittleEndian.Uint32(t.RawData[4*i:])))
		}
	}
	return out, nil
}

// elements returns the product of the tensor's dimensions, an error when it is
// negative or beyond any file.
func elements(t *onnxpb.TensorProto) (int64, error) {
	n := int64(1)
	for _, d := range t.Dims {
		if d < 0 || (d > 0 && n > maxFileBytes/d) {
			return 0, fmt.Errorf("tensor %q has impossible dimensions %v", t.GetName(), t.Dims)
		}
		n *= d
	}
	return n, nil
}

// floatTensor returns a float32 tensor of the values in little-endian raw form,
// which every reader of ONNX prefers.
func floatTensor(name string, dims []int64, values ...float32) *onnxpb.TensorProto {
	raw := make([]byte, 4*len(values))
	for i, v := range values {
		binary.LittleEndian.PutUint32(raw[4*i:], math.Float32bits(v))
	}
	return rawTensor(name, dims, raw)
}

func rawTensor(name string, dims []int64, raw []byte) *onnxpb.TensorProto {
	kind := int32(onnxpb.TensorProto_FLOAT)
	return &onnxpb.TensorProto{Name: &name, Dims: dims, DataType: &kind, RawData: raw}
}

// widenTensor turns a float16 tensor into float32, in place.
func widenTensor(t *onnxpb.TensorProto) error {
	n, err := elements(t)
	if err != nil {
		return err
	}
	half := func(i int) uint16 { return binary.LittleEndian.Uint16(t.RawData[2*i:]) }
	switch {
	case t.RawData != nil && int64(len(t.RawData)) == 2*n:
	case t.RawData == nil && int64(len(t.Int32Data)) == n: // the format keeps halves' bits in int32_data
		half = func(i int) uint16 { return uint16(t.Int32Data[i]) }
	default:
		return fmt.Errorf("tensor %q has the wrong length", t.GetName())
	}
	raw := make([]byte, 4*n)
	for i := range int(n) {
		binary.LittleEndian.PutUint32(raw[4*i:], halfToFloatBits(half(i)))
	}
	kind := int32(onnxpb.TensorProto_FLOAT)
	t.RawData, t.Int32Data, t.DataType = raw, nil, &kind
	return nil
}

// halfToFloatBits converts IEEE 754 binary16 to binary32, exactly.
func halfToFloatBits(h uint16) uint32 {
	sign := uint32(h&0x8000) << 16
	exp := uint32(h>>10) & 0x1f
	frac := uint32(h) & 0x3ff
	switch {
	case exp == 0x1f: // infinity, not a number
		return sign | 0x7f800000 | frac<<13
	case exp == 0: // zero, subnormal: frac * 2^-24
		return sign | math.Float32bits(float32(frac)*(1.0/(1<<24)))
	}
	return sign | (exp+127-15)<<23 | frac<<13
}
