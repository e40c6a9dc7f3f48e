package rtb

import (
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The shape of every response is that of the answers: the same names in the same order
// and the same kinds, as far as an answer with nothing in it shows them.
func TestShapes(t *testing.T) {
	for _, o := range NewService(Config{}).Operations() {
		sameAsShape(t, ShapeOf(o.Element, o.Response), o.Fail(&Fault{Code: NotFound}))
	}
	full := &templatesResponse{Templates: []templateEntry{{Prices: []*amount{{Amount: "0.95"}}}}}
	sameAsShape(t, ShapeOf("TemplatesResponse", reflect.TypeFor[templatesResponse]()), Tree("TemplatesResponse", full))
}

func sameAsShape(t *testing.T, s Shape, n Node) {
	t.Helper()
	switch {
	case n.Kind == NilNode && s.Optional:
		return
	case n.Name != s.Name || n.Kind != s.Kind || n.Money != s.Money:
		t.Errorf("%s, kind %d: the shape is %s, kind %d", n.Name, n.Kind, s.Name, s.Kind)
	case n.Kind == ObjectNode && len(n.Nodes) != len(s.Members):
		t.Errorf("%s has %d members, its shape %d", n.Name, len(n.Nodes), len(s.Members))
	case n.Kind == ObjectNode:
		for i, member := range n.Nodes {
			sameAsShape(t, s.Members[i], member)
		}
	case n.Kind == ListNode:
		for _, item := range n.Nodes {
			sameAsShape(t, *s.Item, item)
		}
	}
}

// What only the SOAP binding has is in the tree and not in the answers of this one.
func TestMembersOfSOAPOnly(t *testing.T) {
	tree := Tree("TemplatesResponse", &templatesResponse{Templates: []templateEntry{{ContactID: 7}}})
	if !strings.Contains(string(writeXML(tree, false)), "<ContactId>7</ContactId>") {
		t.Error("the tree lacks ContactId")
	}
	if text := string(writeXML(tree.withoutSOAP(), false)); strings.Contains(text, "ContactId") || !strings.Contains(text, "<TemplateName/>") {
		t.Error(text)
	}
}

func TestErrorCodesAreWhole(t *testing.T) {
	parsed, err := parser.ParseFile(token.NewFileSet(), "fault.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var declared []ErrorCode
	ast.Inspect(parsed, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok {
			if kind, ok := spec.Type.(*ast.Ident); ok && kind.Name == "ErrorCode" {
				declared = append(declared, ErrorCode(strings.Trim(spec.Values[0].(*ast.BasicLit).Value, `"`)))
			}
		}
		return true
	})
	if diff := cmp.Diff(declared, ErrorCodes()); diff != "" || len(declared) < 20 {
		t.Errorf("the list differs from the constants: %s", diff)
	}
}
