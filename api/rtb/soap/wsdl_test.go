package soap

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files that are missing")

// golden fails unless text is what the file says. Clients were generated from what
// these files say, so that -update writes none that is there: whoever means to change
// one has to remove it.
func golden(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	data, err := os.ReadFile(path)
	if os.IsNotExist(err) && *update {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if err != nil {
		t.Fatalf("%v; -update writes it", err)
	}
	if diff := cmp.Diff(string(data), text); diff != "" {
		t.Errorf("%s has changed, which breaks clients that exist: %s", name, diff)
	}
}

func TestWSDL(t *testing.T) {
	h := newHouse(t)
	for _, path := range []string{"/soap.asmx?WSDL", "/soap.asmx?wsdl", "/Soap.ASMX?Wsdl", "/soap.asmx/?singleWsdl", "/soap.asmx?wsdl=1"} {
		answer := h.send("GET", path, "")
		if answer.status != 200 || answer.header.Get("Content-Type") != "text/xml; charset=utf-8" {
			t.Errorf("%s: %d, %s", path, answer.status, answer.header)
		}
		golden(t, "service.wsdl", answer.body)
	}
}

// Every name that the WSDL refers to is declared in it.
func TestWSDLHangsTogether(t *testing.T) {
	h := newHouse(t)
	message, refused := decode([]byte(h.send("GET", "/soap.asmx?WSDL", "").body), "")
	if refused != nil {
		t.Fatal(refused.reason)
	}
	root, refused := parse(message)
	if refused != nil {
		t.Fatal(refused.reason)
	}
	declared, used := map[string]bool{}, map[string]bool{}
	root.walk(func(e *element) {
		if name, found := e.attribute("", "name"); found {
			declared[e.Local+" "+name] = true
		}
		for _, a := range e.attributes {
			if name, ours := strings.CutPrefix(a.Value, "tns:"); ours {
				used[kindOf(e.Local, a.Name.Local)+" "+name] = true
			}
		}
	})
	for name := range used {
		kind, rest, _ := strings.Cut(name, " ")
		if !declared[name] && !(kind == "type" && (declared["complexType "+rest] || declared["simpleType "+rest])) {
			t.Errorf("%s is used and not declared", name)
		}
	}
	if len(used) < 60 {
		t.Errorf("only %d names are used", len(used))
	}
}

// kindOf returns what an attribute refers to.
func kindOf(element, attribute string) string {
	if element == "binding" && attribute == "type" {
		return "portType"
	}
	return attribute
}

func (e *element) walk(visit func(*element)) {
	visit(e)
	for _, child := range e.children {
		child.walk(visit)
	}
}
