package tflite

import (
	"errors"
	"fmt"
)

// Limits of a file. The networks that are meant have some hundred operators and a
// few megabytes.
const (
	MaxBytes     = 64 << 20
	maxOperators = 4096
	maxTensors   = 16384
	maxKinds     = 1024 // of operators
	maxOperands  = 8    // of an operator
	maxDims      = 4
	maxSide      = 1 << 14 // of a dimension
)

// elementType is what a tensor holds (schema.fbs, TensorType).
type elementType int64

const (
	float32s elementType = 0
	float16s elementType = 1
	int32s   elementType = 2
)

// size is how many bytes an element takes; 0 for types that are not read.
func (t elementType) size() int64 {
	switch t {
	case float32s, int32s:
		return 4
	case float16s:
		return 2
	}
	return 0
}

// tensor is a feature map or, where it has data, a constant.
type tensor struct {
	shape []int64
	kind  elementType
	data  []byte // nil: made by an operator, or the input
}

// operator is one step of the network.
type operator struct {
	code    int64  // schema.fbs, BuiltinOperator
	name    string // of a custom one
	inputs  []int64
	outputs []int64
	options table
	custom  []byte // options of a custom one
}

// network is the only graph of a file.
type network struct {
	tensors   []tensor
	operators []operator
	input     int64
	output    int64
}

// parse reads a file. Data of tensors are parts of it.
func parse(data []byte) (*network, error) {
	if len(data) > MaxBytes {
		return nil, fmt.Errorf("the file has %d bytes; %d are allowed", len(data), MaxBytes)
	}
	if len(data) < 8 || string(data[4:8]) != "TFL3" {
		return nil, errors.New("this is not a TensorFlow Lite file")
	}
	f := &flat{data: data}
	root := f.root()
	graphs := root.tables(2, maxKinds)
	if f.err == nil && len(graphs) != 1 {
		return nil, fmt.Errorf("the file holds %d graphs, not one", len(graphs))
	}
	if f.err != nil {
		return nil, f.err
	}
	n := &network{}
	n.readTensors(graphs[0], root.tables(4, maxTensors))
	if err := n.readOperators(graphs[0], root.tables(1, maxKinds)); err != nil {
		return nil, err
	}
	inputs, outputs := graphs[0].ints(1, maxOperands), graphs[0].ints(2, maxOperands)
	if f.err != nil {
		return nil, f.err
	}
	if len(inputs) != 1 || len(outputs) != 1 {
		return nil, fmt.Errorf("the network has %d inputs and %d outputs, not one of each", len(inputs), len(outputs))
	}
	n.input, n.output = inputs[0], outputs[0]
	return n, n.validate()
}

func (n *network) readTensors(graph table, buffers []table) {
	for _, t := range graph.tables(0, maxTensors) {
		out := tensor{shape: t.ints(0, maxDims), kind: elementType(t.byte(1))}
		// Buffer 0 is empty by definition.
		if b := t.int(2, 0); b > 0 && b < int64(len(buffers)) {
			if blob := buffers[b].blob(0, MaxBytes); len(blob) > 0 {
				out.data = blob
			}
		}
		n.tensors = append(n.tensors, out)
	}
}

func (n *network) readOperators(graph table, kinds []table) error {
	for _, o := range graph.tables(3, maxOperators) {
		kind := o.int(0, 0)
		if kind < 0 || kind >= int64(len(kinds)) {
			return fmt.Errorf("an operator is of kind %d of %d", kind, len(kinds))
		}
		n.operators = append(n.operators, operator{
			// Old writers know the field of one byte only, new ones fill both.
			code:    max(kinds[kind].byte(0), kinds[kind].int(3, 0)),
			name:    string(kinds[kind].blob(1, 256)),
			inputs:  o.ints(1, maxOperands),
			outputs: o.ints(2, maxOperands),
			options: o.table(4),
			custom:  o.blob(5, 256),
		})
	}
	return nil
}

// validate makes sure that every number of a tensor is one's, and that shapes and data fit.
func (n *network) validate() error {
	for i, t := range n.tensors {
		elements := int64(1)
		for _, side := range t.shape {
			if side < 1 || side > maxSide {
				return fmt.Errorf("tensor %d has the shape %v", i, t.shape)
			}
			elements *= side // at most maxSide^maxDims, which is 2^56
		}
		if t.data != nil && t.kind.size() > 0 && int64(len(t.data)) != elements*t.kind.size() {
			return fmt.Errorf("tensor %d of shape %v has %d bytes of data", i, t.shape, len(t.data))
		}
	}
	known := func(list ...int64) bool {
		for _, i := range list {
			if i < 0 || i >= int64(len(n.tensors)) {
				return false
			}
		}
		return true
	}
	for i, o := range n.operators {
		if len(o.outputs) != 1 || len(o.inputs) == 0 || !known(o.outputs...) || !known(o.inputs...) {
			return fmt.Errorf("operator %d has the inputs %v and the outputs %v", i, o.inputs, o.outputs)
		}
	}
	if !known(n.input, n.output) {
		return errors.New("the network's input or output is no tensor of it")
	}
	return nil
}
