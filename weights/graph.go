package weights

import (
	"errors"
	"fmt"

	"mattebox/weights/onnxpb"
)

// producers maps each tensor's name to the node that makes it.
func producers(g *onnxpb.GraphProto) map[string]*onnxpb.NodeProto {
	m := make(map[string]*onnxpb.NodeProto, len(g.Node))
	for _, n := range g.Node {
		for _, out := range n.Output {
			m[out] = n
		}
	}
	return m
}

// initialisers maps each initialiser's name to it.
func initialisers(g *onnxpb.GraphProto) map[string]*onnxpb.TensorProto {
	m := make(map[string]*onnxpb.TensorProto, len(g.Initializer))
	for _, t := range g.Initializer {
		m[t.GetName()] = t
	}
	return m
}

// attribute returns the node's attribute of that name, nil (whose getters give
// zero values) when it has none.
func attribute(n *onnxpb.NodeProto, name string) *onnxpb.AttributeProto {
	for _, a := range n.Attribute {
		if a.GetName() == name {
			return a
		}
	}
	return nil
}

// tidy drops the nodes and initialisers that no output needs, brings the rest
// into topological order, and drops what described the graph as it was.
func tidy(g *onnxpb.GraphProto) error {
	nodes, err := neededNodes(g)
	if err != nil {
		return err
	}
	used := map[string]bool{}
	for _, n := range nodes {
		n.DocString = nil
		for _, in := range n.Input {
			used[in] = true
		}
	}
	var kept []*onnxpb.TensorProto
	for _, t := range g.Initializer {
		if used[t.GetName()] {
			kept = append(kept, t)
		}
	}
	g.Node, g.Initializer = nodes, kept
	g.ValueInfo, g.QuantizationAnnotation, g.DocString = nil, nil, nil
	return nil
}

// neededNodes returns the nodes that the graph's outputs depend on, each after
// the makers of its inputs.
func neededNodes(g *onnxpb.GraphProto) ([]*onnxpb.NodeProto, error) {
	made := producers(g)
	const visiting, done = 1, 2
	state := make(map[*onnxpb.NodeProto]int, len(g.Node))
	nodes := make([]*onnxpb.NodeProto, 0, len(g.Node))

	// The recursion is as deep as the longest path, which maxNodes bounds.
	var visit func(tensor string) error
	visit = func(tensor string) error {
		n := made[tensor]
		if n == nil || state[n] == done {
			return nil
		}
		if state[n] == visiting {
			return errors.New("the graph has a cycle")
		}
		state[n] = visiting
		for _, in := range n.Input {
			if err := visit(in); err != nil {
				return err
			}
		}
		state[n] = done
		nodes = append(nodes, n)
		return nil
	}
	for _, o := range g.Output {
		if made[o.GetName()] == nil {
			return nil, fmt.Errorf("no node makes the output %q", o.GetName())
		}
		if err := visit(o.GetName()); err != nil {
			return nil, err
		}
	}
	return nodes, nil
}
