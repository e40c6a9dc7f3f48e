package rtb

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mattebox"
)

func TestReadJSON(t *testing.T) {
	list := func(items ...string) Value { return Value{List: items, Kind: ListValue} }
	tests := map[string]struct {
		text string
		want Values
	}{
		"text":               {`{"a":"b"}`, Values{"a": Text("b")}},
		"number as written":  {`{"a": 72, "b": 0.950, "c": -1e3}`, Values{"a": Text("72"), "b": Text("0.950"), "c": Text("-1e3")}},
		"booleans":           {`{"a":true,"b":false}`, Values{"a": Text("true"), "b": Text("false")}},
		"null is blank":      {`{"a":null}`, Values{"a": Text("")}},
		"escapes":            {`{"a":"\u00e9\n\"\\"}`, Values{"a": Text("é\n\"\\")}},
		"list":               {`{"a":[1,"b",true,null]}`, Values{"a": list("1", "b", "true", "")}},
		"empty list":         {`{"a":[]}`, Values{"a": {List: []string{}, Kind: ListValue}}},
		"objects inside":     {`{"a":{"b":1},"c":[{}]}`, Values{"a": {Kind: OtherValue}, "c": {Kind: OtherValue}}},
		"the last holds":     {`{"a":"1","a":"2"}`, Values{"a": Text("2")}},
		"nothing":            {` {} `, Values{}},
		"byte order mark":    {"\ufeff{\"a\":\"b\"}", Values{"a": Text("b")}},
		"missing commas":     {"{\"a\":\"1\"\n\"b\":2 \"c\":true\n\"d\":[1,2]\"e\":{\"f\":1 \"g\":2}\"h\":null}", Values{"a": Text("1"), "b": Text("2"), "c": Text("true"), "d": list("1", "2"), "e": {Kind: OtherValue}, "h": Text("")}},
		"comma in a string":  {"{\"a\":\"x \\\" y\"\n\"b\":\"{\\\"c\\\":1 \\\"d\\\"\"}", Values{"a": Text(`x " y`), "b": Text(`{"c":1 "d"`)}},
		"as deep as allowed": {`{"a":` + strings.Repeat("[", maxDepth-1) + `1` + strings.Repeat("]", maxDepth-1) + `}`, Values{"a": {Kind: OtherValue}}},
	}
	for name, tt := range tests {
		got, err := ReadJSON([]byte(tt.text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestReadJSONRefuses(t *testing.T) {
	tests := map[string]struct{ text, says string }{
		"empty":                  {"", "empty"},
		"white space":            {" \n\t", "empty"},
		"null":                   {"null", "not a JSON object"},
		"array":                  {"[]", "not a JSON object"},
		"text":                   {`"a"`, "not a JSON object"},
		"number":                 {"1", "not a JSON object"},
		"form":                   {"contactEmail=a%40b.c", "not JSON: line 1"},
		"cut":                    {"{\n\"a\":\"b\"\n", "not JSON: line 3"},
		"trailing text":          {`{} {}`, "not JSON"},
		"trailing comma":         {`{"a":1,}`, "not JSON"},
		"no colon":               {`{"a" "b"}`, "not JSON"},
		"no comma in a list":     {`{"a":["b" "c"]}`, "not JSON"},
		"no comma before number": {`{"a":1 2}`, "not JSON"},
		"comment":                {`{/* */"a":1}`, "not JSON"},
		"single quotes":          {`{'a':1}`, "not JSON"},
		"open string":            {`{"a":"b`, "not JSON"},
		"control in a string":    {"{\"a\":\"\x01\"}", "not JSON"},
		"closers only":           {`]}`, "not JSON"},
		"not UTF-8":              {"{\"a\":\"\xff\"}", "not UTF-8"},
		"UTF-16":                 {"\xff\xfe{\x00}\x00", "not UTF-8"},
		"too deep":               {`{"a":` + strings.Repeat("[", maxDepth) + strings.Repeat("]", maxDepth) + `}`, "deeper"},
		"bomb of brackets":       {strings.Repeat("[", 1<<20), "deeper"},
	}
	for name, tt := range tests {
		got, err := ReadJSON([]byte(tt.text))
		if mattebox.CodeOf(err) != mattebox.CodeInvalid || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v, %v; want an error with %q", name, got, err, tt.says)
		}
	}
}

// Every sample request can be read, the ones that are not JSON among them.
func TestReadJSONReadsTheSamples(t *testing.T) {
	broken := 0
	for _, name := range requestSamples() {
		text := sample(t, name)
		if !json.Valid([]byte(text)) {
			broken++
		}
		got, err := ReadJSON([]byte(text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if members := strings.Count(text, `":`); len(got) != members {
			t.Errorf("%s: %d members, want %d", name, len(got), members)
		}
	}
	if broken != 2 {
		t.Errorf("%d samples lack commas, want 2: the test has lost its subject", broken)
	}
}

func FuzzReadJSON(f *testing.F) {
	for _, name := range requestSamples() {
		f.Add([]byte(sample(f, name)))
	}
	f.Add([]byte(`{"a":[{"b":"c" "d":1}] "e":"\ud800\"" "f":{"g":-1.5e3}}`))
	f.Add([]byte("\ufeff {\"a\": null, \"a\": [true, \"\"]} "))
	f.Fuzz(func(t *testing.T, data []byte) {
		if json.Valid(data) {
			if mended := addCommas(data); string(mended) != string(data) {
				t.Fatalf("JSON was changed: %q became %q", data, mended)
			}
		}
		values, err := ReadJSON(data)
		if err != nil {
			if mattebox.CodeOf(err) != mattebox.CodeInvalid {
				t.Fatalf("%v is no CodeInvalid error", err)
			}
			return
		}
		var strict map[string]any
		if json.Unmarshal(data, &strict) == nil && len(strict) != len(values) {
			t.Fatalf("%q: %d values, want %d", data, len(values), len(strict))
		}
	})
}
