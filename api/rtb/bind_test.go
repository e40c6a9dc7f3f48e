package rtb

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

type trial struct {
	auth
	Name   string   `rtb:"name,required" max:"5"`
	Other  string   `rtb:"other"`
	Many   []string `rtb:"many"`
	Unread []string `rtb:"unread,unread"`
}

func TestFields(t *testing.T) {
	want := []Field{
		{Name: "contactEmail", Required: true, Max: 320, index: []int{0, 0}},
		{Name: "contactAPIkey", Required: true, Max: 255, index: []int{0, 1}},
		{Name: "name", Required: true, Max: 5, index: []int{1}},
		{Name: "other", Max: 255, index: []int{2}},
		{Name: "many", List: true, Max: 255, index: []int{3}},
		{Name: "unread", List: true, Unread: true, Max: 255, index: []int{4}},
	}
	if diff := cmp.Diff(want, fieldsOf(reflect.TypeFor[trial]()), cmp.AllowUnexported(Field{})); diff != "" {
		t.Error(diff)
	}
}

func TestBind(t *testing.T) {
	given := Values{
		"contactEmail": Text("john @ example.com"), "contactAPIkey": Text("key"),
		"name": Text(" üx "), "other": Text("  "), "many": {List: []string{"1", ""}, Kind: ListValue},
		"unread": {Kind: OtherValue}, "unknown": {Kind: OtherValue},
	}
	var got trial
	if err := bind(given, fieldsOf(reflect.TypeFor[trial]()), &got); err != nil {
		t.Fatal(err)
	}
	want := trial{auth: auth{"john @ example.com", "key"}, Name: " üx ", Many: []string{"1", ""}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(trial{}, auth{})); diff != "" {
		t.Error(diff)
	}
}

func TestBindRefuses(t *testing.T) {
	tests := map[string]struct {
		change Values
		want   Fault
	}{
		"missing":          {Values{"name": Text("")}, Fault{Code: MissingRequiredInformation, Message: "name is missing."}},
		"blank":            {Values{"contactAPIkey": Text(" \t")}, Fault{Code: MissingRequiredInformation, Message: "contactAPIkey is missing."}},
		"in their order":   {Values{"name": Text(""), "contactEmail": Text("")}, Fault{Code: MissingRequiredInformation, Message: "contactEmail is missing."}},
		"too long":         {Values{"name": Text("123456")}, Fault{Code: InvalidParameter, Message: "name has 6 bytes; at most 5 are kept."}},
		"list for text":    {Values{"name": {List: []string{"a"}, Kind: ListValue}}, Fault{Code: InvalidParameter, Message: "name must be text, a number, true, false or null."}},
		"object for text":  {Values{"other": {Kind: OtherValue}}, Fault{Code: InvalidParameter, Message: "other must be text, a number, true, false or null."}},
		"object for list":  {Values{"many": {Kind: OtherValue}}, Fault{Code: InvalidParameter, Message: "many must be text, a number, true, false or null."}},
		"control":          {Values{"other": Text("a\x00b")}, Fault{Code: InvalidParameter, Message: "other holds a control character."}},
		"not UTF-8":        {Values{"other": Text("\xff")}, Fault{Code: InvalidParameter, Message: "other holds a control character."}},
		"control in list":  {Values{"many": {List: []string{"a", "\x1b"}, Kind: ListValue}}, Fault{Code: InvalidParameter, Message: "many holds a control character."}},
		"long in the list": {Values{"many": {List: []string{strings.Repeat("x", 256)}, Kind: ListValue}}, Fault{Code: InvalidParameter, Message: "many has 256 bytes; at most 255 are kept."}},
	}
	for name, tt := range tests {
		given := Values{"contactEmail": Text("a@b.c"), "contactAPIkey": Text("key"), "name": Text("n")}
		for field, value := range tt.change {
			given[field] = value
		}
		fault := explain(bind(given, fieldsOf(reflect.TypeFor[trial]()), &trial{}), given)
		fault.Err = nil
		if diff := cmp.Diff(&tt.want, fault); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// The table is what other bindings are made from, so its rows must be whole.
func TestOperationsAreWhole(t *testing.T) {
	operations := NewService(Config{}).Operations()
	if len(operations) != 14 {
		t.Errorf("%d operations, want 14", len(operations))
	}
	seen := map[string]bool{}
	for _, o := range operations {
		if seen[o.Method+o.Path] || seen[o.Name] || o.Element == "" {
			t.Errorf("%s: its name, or method and path, is another's, or it has no element", o.Name)
		}
		seen[o.Method+o.Path], seen[o.Name] = true, true
		names := map[string]bool{}
		for i, f := range o.Fields {
			if f.Name == "" || names[f.Name] {
				t.Errorf("%s: field %d has no name of its own: %q", o.Name, i, f.Name)
			}
			names[f.Name] = true
			if i < 2 && !f.Required {
				t.Errorf("%s: %s is not required; requests begin with credentials", o.Name, f.Name)
			}
		}
		for _, segment := range strings.Split(o.Path, "/") {
			if name, isField := fieldName(segment); isField && !names[name] {
				t.Errorf("%s: the path gives %s, which is no field", o.Name, name)
			}
		}
	}
}

// FuzzBind gives every operation's request arbitrary values: what is bound can be
// written as XML and is no longer than its field allows.
func FuzzBind(f *testing.F) {
	for i := range 13 {
		f.Add(uint8(i), uint8(i), "john @ example.com", "44979dfe-5aa7-44ea-b3dd-7fae33bc37e9", "72")
	}
	f.Add(uint8(3), uint8(8), "\x00", "\xff", strings.Repeat("ü", 5000))
	operations := NewService(Config{}).Operations()
	requests := []request{
		&addTemplateRequest{}, &templateSpecRequest{}, &templatesRequest{}, &addImageRequest{}, &deleteImageRequest{},
		&imageStatusRequest{}, &imagesListRequest{}, &imagesCountRequest{}, &productIDsRequest{}, &rejectImageRequest{},
		&addContactRequest{}, &editContactRequest{}, &contactRequest{},
	}
	f.Fuzz(func(t *testing.T, which, odd uint8, email, key, rest string) {
		i := int(which) % len(operations)
		fields := operations[i].Fields
		given := Values{}
		for _, field := range fields {
			given[field.Name] = Text(rest)
		}
		given[fields[0].Name], given[fields[1].Name] = Text(email), Text(key)
		given[fields[int(odd)%len(fields)].Name] = Value{List: []string{rest, email}, Kind: ListValue}
		target := reflect.New(reflect.TypeOf(requests[i]).Elem())
		if err := bind(given, fields, target.Interface()); err != nil {
			if fault := explain(err, given); fault.Code.Status() != 200 || fault.Message == "" {
				t.Fatalf("%v is not the caller's fault", fault)
			}
			return
		}
		for _, field := range fields {
			bound := target.Elem().FieldByIndex(field.index)
			for _, text := range boundTexts(bound) {
				if !printable(text) || len(text) > field.Max {
					t.Fatalf("%s was bound to %q", field.Name, text)
				}
			}
		}
	})
}

func boundTexts(v reflect.Value) []string {
	if v.Kind() == reflect.Slice {
		return slices.Clone(v.Interface().([]string))
	}
	return []string{v.String()}
}
