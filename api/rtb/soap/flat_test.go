package soap

import (
	"fmt"
	"strconv"

	"mattebox/api/rtb"
)

// flat returns the texts of an answer of the REST binding by their paths. Nulls are
// left out, and so is CurrencyId, which SOAP does not have.
func flat(answer map[string]any) map[string]string {
	texts := map[string]string{}
	flatten(texts, "", answer)
	return texts
}

func flatten(texts map[string]string, path string, value any) {
	switch v := value.(type) {
	case nil:
	case map[string]any:
		for name, member := range v {
			if name != "CurrencyId" {
				flatten(texts, path+"/"+name, member)
			}
		}
	case []any:
		texts[path] = strconv.Itoa(len(v)) + " items"
		for i, item := range v {
			flatten(texts, path+"/"+strconv.Itoa(i), item)
		}
	default:
		texts[path] = fmt.Sprint(v)
	}
}

// flat does the same with a result of SOAP. ContactId is left out, which REST does not
// have.
func (o *operation) flat(result *element) map[string]string {
	texts := map[string]string{}
	o.result.flatten(texts, "", result)
	return texts
}

func (t *complexType) flatten(texts map[string]string, path string, e *element) {
	if t.Array {
		texts[path] = strconv.Itoa(len(e.children)) + " items"
		for i, item := range e.children {
			t.Members[0].flatten(texts, path+"/"+strconv.Itoa(i), item)
		}
		return
	}
	for _, m := range t.Members {
		for _, child := range e.children {
			if child.Local == m.Name && m.Name != "ContactId" {
				m.flatten(texts, path+"/"+m.Name, child)
			}
		}
	}
}

func (m member) flatten(texts map[string]string, path string, e *element) {
	null, _ := e.attribute(instance, "nil")
	switch {
	case null == "true":
	case m.Money:
		texts[path+"/Amount"] = string(e.text)
		texts[path+"/Currency"], _ = e.attribute("", "Currency")
	case m.Kind == rtb.ObjectNode || m.Kind == rtb.ListNode:
		m.Of.flatten(texts, path, e)
	default:
		texts[path] = string(e.text)
	}
}

// operation returns the row of the name.
func (h *house) operation(name string) *operation {
	h.Helper()
	operations, _ := table(h.T)
	for _, o := range operations {
		if o.Name == name {
			return o
		}
	}
	h.Fatalf("there is no operation %s", name)
	return nil
}
