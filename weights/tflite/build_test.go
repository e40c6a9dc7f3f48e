package tflite

import (
	"encoding/binary"
	"math"
	"testing"

	flatbuffers "github.com/google/flatbuffers/go"
)

// A file is built with the flatbuffers library, so that what reads it here is not
// tested against itself. Field numbers are those of schema.fbs.

// madeTensor is a tensor of a file; data make it a constant.
type madeTensor struct {
	shape []int32
	kind  elementType
	data  []byte
}

// madeOperator is an operator of a file.
type madeOperator struct {
	code    int32
	name    string // of a custom one
	in, out []int32
	options func(*flatbuffers.Builder) flatbuffers.UOffsetT // nil: none
	custom  []byte
}

// made is a file with one graph.
type made struct {
	tensors   []madeTensor
	operators []madeOperator
	in, out   []int32
	graphs    int // how often the graph is in the file
}

// file returns the bytes.
func (m made) file() []byte {
	b := flatbuffers.NewBuilder(1024)
	buffers := []flatbuffers.UOffsetT{emptyTable(b)}
	var tensors, operators, codes []flatbuffers.UOffsetT
	for _, t := range m.tensors {
		at := 0
		if t.data != nil {
			at = len(buffers)
			data := b.CreateByteVector(t.data)
			b.StartObject(1)
			b.PrependUOffsetTSlot(0, data, 0)
			buffers = append(buffers, b.EndObject())
		}
		shape := int32s32(b, t.shape)
		b.StartObject(3)
		b.PrependUOffsetTSlot(0, shape, 0)
		b.PrependInt8Slot(1, int8(t.kind), 0)
		b.PrependUint32Slot(2, uint32(at), 0)
		tensors = append(tensors, b.EndObject())
	}
	for i, o := range m.operators {
		code, operator := o.build(b, i)
		codes, operators = append(codes, code), append(operators, operator)
	}
	tensorList, operatorList := offsets(b, tensors), offsets(b, operators)
	in, out := int32s32(b, m.in), int32s32(b, m.out)
	b.StartObject(4)
	b.PrependUOffsetTSlot(0, tensorList, 0)
	b.PrependUOffsetTSlot(1, in, 0)
	b.PrependUOffsetTSlot(2, out, 0)
	b.PrependUOffsetTSlot(3, operatorList, 0)
	graph := b.EndObject()
	graphs := make([]flatbuffers.UOffsetT, m.graphs)
	for i := range graphs {
		graphs[i] = graph
	}
	codeList, graphList, bufferList := offsets(b, codes), offsets(b, graphs), offsets(b, buffers)
	b.StartObject(5)
	b.PrependUint32Slot(0, 3, 0)
	b.PrependUOffsetTSlot(1, codeList, 0)
	b.PrependUOffsetTSlot(2, graphList, 0)
	b.PrependUOffsetTSlot(4, bufferList, 0)
	b.FinishWithFileIdentifier(b.EndObject(), []byte("TFL3"))
	return b.FinishedBytes()
}

func (o madeOperator) build(b *flatbuffers.Builder, kind int) (code, operator flatbuffers.UOffsetT) {
	var name, options, custom flatbuffers.UOffsetT
	if o.name != "" {
		name = b.CreateString(o.name)
	}
	b.StartObject(4)
	b.PrependInt8Slot(0, int8(min(o.code, 127)), 0)
	b.PrependUOffsetTSlot(1, name, 0)
	b.PrependInt32Slot(3, o.code, 0)
	code = b.EndObject()
	if o.options != nil {
		options = o.options(b)
	}
	if o.custom != nil {
		custom = b.CreateByteVector(o.custom)
	}
	in, out := int32s32(b, o.in), int32s32(b, o.out)
	b.StartObject(6)
	b.PrependUint32Slot(0, uint32(kind), 0)
	b.PrependUOffsetTSlot(1, in, 0)
	b.PrependUOffsetTSlot(2, out, 0)
	b.PrependUOffsetTSlot(4, options, 0)
	b.PrependUOffsetTSlot(5, custom, 0)
	return code, b.EndObject()
}

func emptyTable(b *flatbuffers.Builder) flatbuffers.UOffsetT {
	b.StartObject(0)
	return b.EndObject()
}

func int32s32(b *flatbuffers.Builder, v []int32) flatbuffers.UOffsetT {
	b.StartVector(4, len(v), 4)
	for i := len(v) - 1; i >= 0; i-- {
		b.PrependInt32(v[i])
	}
	return b.EndVector(len(v))
}

func offsets(b *flatbuffers.Builder, v []flatbuffers.UOffsetT) flatbuffers.UOffsetT {
	b.StartVector(4, len(v), 4)
	for i := len(v) - 1; i >= 0; i-- {
		b.PrependUOffsetT(v[i])
	}
	return b.EndVector(len(v))
}

// conv2D are the options of a convolution: padding, width and height of the stride,
// its own activation.
func conv2D(padding int8, stride int32, activation int8) func(*flatbuffers.Builder) flatbuffers.UOffsetT {
	return func(b *flatbuffers.Builder) flatbuffers.UOffsetT {
		b.StartObject(6)
		b.PrependInt8Slot(0, padding, 0)
		b.PrependInt32Slot(1, stride, 0)
		b.PrependInt32Slot(2, stride, 0)
		b.PrependInt8Slot(3, activation, 0)
		return b.EndObject()
	}
}

func depthwise2D(stride, multiplier int32, activation int8) func(*flatbuffers.Builder) flatbuffers.UOffsetT {
	return func(b *flatbuffers.Builder) flatbuffers.UOffsetT {
		b.StartObject(7)
		b.PrependInt32Slot(1, stride, 0)
		b.PrependInt32Slot(2, stride, 0)
		b.PrependInt32Slot(3, multiplier, 0)
		b.PrependInt8Slot(4, activation, 0)
		return b.EndObject()
	}
}

func pool2D(padding int8, width, height int32) func(*flatbuffers.Builder) flatbuffers.UOffsetT {
	return func(b *flatbuffers.Builder) flatbuffers.UOffsetT {
		b.StartObject(6)
		b.PrependInt8Slot(0, padding, 0)
		b.PrependInt32Slot(3, width, 0)
		b.PrependInt32Slot(4, height, 0)
		return b.EndObject()
	}
}

// flags are options that are all bytes.
func flags(v ...int8) func(*flatbuffers.Builder) flatbuffers.UOffsetT {
	return func(b *flatbuffers.Builder) flatbuffers.UOffsetT {
		b.StartObject(len(v))
		for i, f := range v {
			b.PrependInt8Slot(i, f, 0)
		}
		return b.EndObject()
	}
}

func words(v ...uint32) []byte {
	var out []byte
	for _, w := range v {
		out = binary.LittleEndian.AppendUint32(out, w)
	}
	return out
}

// ramp are n float32 values, each its own.
func ramp(n int) []byte {
	var out []byte
	for i := range n {
		out = binary.LittleEndian.AppendUint32(out, math.Float32bits(float32(i%17-8)/16))
	}
	return out
}

// halves are n float16 values, each its own: 1 and a fraction.
func halves(n int) []byte {
	var out []byte
	for i := range n {
		out = binary.LittleEndian.AppendUint16(out, uint16(0x3c00+i%1024))
	}
	return out
}

// tiny is a net that has every operator that is known:
//
//	0 -> conv /2 -> hard swish -+-> mean over all -> logistic -> * -> depthwise -> resize 2x -> conv 1x1 -+-> transposed -> logistic
//	                            +------------------------------>      |            (to 8)                 |
//	                                                                  +-- pool, relu6, added --------------
func tiny() made {
	m := made{graphs: 1, in: []int32{0}}
	add := func(kind elementType, data []byte, shape ...int32) int32 {
		m.tensors = append(m.tensors, madeTensor{shape, kind, data})
		return int32(len(m.tensors) - 1)
	}
	run := func(code int32, out int32, options func(*flatbuffers.Builder) flatbuffers.UOffsetT, in ...int32) int32 {
		m.operators = append(m.operators, madeOperator{code: code, in: in, out: []int32{out}, options: options})
		return out
	}
	add(float32s, nil, 1, 16, 32, 3)
	half := add(float16s, halves(4*3*3*3), 4, 3, 3, 3)
	w1 := run(opDequantize, add(float32s, nil, 4, 3, 3, 3), nil, half)
	c1 := run(opConv, add(float32s, nil, 1, 8, 16, 4), conv2D(paddingSame, 2, 0), 0, w1, add(float32s, ramp(4), 4))
	h1 := run(opHardSwish, add(float32s, nil, 1, 8, 16, 4), nil, c1)
	axes := add(int32s, words(1, 2), 2)
	g1 := run(opMean, add(float32s, nil, 1, 1, 1, 4), flags(1), h1, axes)
	s1 := run(opLogistic, add(float32s, nil, 1, 1, 1, 4), nil, g1)
	m1 := run(opMul, add(float32s, nil, 1, 8, 16, 4), flags(0), h1, s1)
	d1 := run(opDepthwiseConv, add(float32s, nil, 1, 4, 8, 4), depthwise2D(2, 1, activationRelu), m1, add(float32s, ramp(5*5*4), 1, 5, 5, 4), add(float32s, ramp(4), 4))
	r1 := run(opResizeBilinear, add(float32s, nil, 1, 8, 16, 4), flags(0, 0, 0, 1), d1, add(int32s, words(8, 16), 2))
	v1 := run(opConv, add(float32s, nil, 1, 8, 16, 4), conv2D(paddingValid, 1, activationRelu6), r1, add(float32s, ramp(16), 4, 1, 1, 4), add(float32s, ramp(4), 4))
	p1 := run(opAveragePool, add(float32s, nil, 1, 1, 1, 4), pool2D(paddingValid, 16, 8), m1)
	q1 := run(opRelu6, add(float32s, nil, 1, 1, 1, 4), nil, p1)
	a1 := run(opAdd, add(float32s, nil, 1, 8, 16, 4), flags(0), v1, q1)
	e1 := run(opRelu, add(float32s, nil, 1, 8, 16, 4), nil, a1)
	t1 := run(opCustom, add(float32s, nil, 1, 16, 32, 1), nil, e1, add(float32s, ramp(2*2*4), 1, 2, 2, 4), add(float32s, ramp(1), 1))
	m.operators[len(m.operators)-1].name, m.operators[len(m.operators)-1].custom = customTransposed, words(1, 2, 2)
	m.out = []int32{run(opLogistic, add(float32s, nil, 1, 16, 32, 1), nil, t1)}
	return m
}

// find returns the place of the operator of a code.
func (m made) find(t *testing.T, code int32) *madeOperator {
	t.Helper()
	for i := range m.operators {
		if m.operators[i].code == code {
			return &m.operators[i]
		}
	}
	t.Fatalf("there is no operator %d", code)
	return nil
}
