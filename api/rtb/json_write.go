package rtb

import (
	"bytes"
	"encoding/json"
)

// writeJSON returns the answer as JSON: the root's members in one object that is not
// wrapped, lists as arrays (contracts A0).
func writeJSON(root Node) []byte {
	var out bytes.Buffer
	jsonNode(&out, root)
	return out.Bytes()
}

func jsonNode(out *bytes.Buffer, n Node) {
	switch n.Kind {
	case NilNode:
		out.WriteString("null")
	case TextNode:
		out.Write(jsonString(n.Text))
	case NumberNode, BoolNode:
		out.WriteString(n.Text)
	case ObjectNode:
		jsonSequence(out, '{', '}', n.Nodes, func(member Node) {
			out.Write(jsonString(member.Name))
			out.WriteByte(':')
			jsonNode(out, member)
		})
	case ListNode:
		jsonSequence(out, '[', ']', n.Nodes, func(item Node) { jsonNode(out, item) })
	}
}

func jsonSequence(out *bytes.Buffer, before, after byte, nodes []Node, write func(Node)) {
	out.WriteByte(before)
	for i, n := range nodes {
		if i > 0 {
			out.WriteByte(',')
		}
		write(n)
	}
	out.WriteByte(after)
}

// jsonString quotes text; unlike json.Marshal it leaves & < > readable.
func jsonString(text string) []byte {
	var quoted bytes.Buffer
	encoder := json.NewEncoder(&quoted)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text) // a string into a buffer does not fail
	return bytes.TrimSuffix(quoted.Bytes(), []byte("\n"))
}
