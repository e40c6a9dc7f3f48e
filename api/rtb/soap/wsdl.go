package soap

import (
	"bytes"
	_ "embed" // of the templates
	"encoding/xml"
	"fmt"
	"slices"
	"text/template"

	"mattebox/api/rtb"
)

//go:embed wsdl.xml
var wsdlTemplate string

// description is what the WSDL is filled in with (WSDL 1.1, in the manner of
// ASP.NET). All texts are escaped.
type description struct {
	Address    string
	Operations []described
	Types      []*complexType
	Results    []string // types that answers to forms are
	ErrorCodes []rtb.ErrorCode
}

type described struct {
	Name, Does, Result string
	Params             []describedParam
}

type describedParam struct{ Name, Type string }

// writeWSDL returns the WSDL of the operations at the address.
func writeWSDL(operations []*operation, types *schema, address string) ([]byte, error) {
	d := description{Address: escaped(address), Types: types.types, ErrorCodes: rtb.ErrorCodes()}
	for _, o := range operations {
		one := described{Name: o.Name, Does: escaped(o.does), Result: o.result.Name}
		for _, p := range o.params {
			one.Params = append(one.Params, describedParam{p.name, p.xmlType()})
		}
		d.Operations = append(d.Operations, one)
		if !slices.Contains(d.Results, o.result.Name) {
			d.Results = append(d.Results, o.result.Name)
		}
	}
	t, err := template.New("wsdl.xml").Parse(wsdlTemplate)
	if err != nil {
		return nil, fmt.Errorf("read the template of the WSDL: %w", err)
	}
	var out bytes.Buffer
	if err := t.Execute(&out, d); err != nil {
		return nil, fmt.Errorf("write the WSDL: %w", err)
	}
	return out.Bytes(), nil
}

// xmlType returns the parameter's type with its prefix.
func (p param) xmlType() string {
	if p.list != "" {
		return "tns:" + p.list
	}
	return "s:string"
}

func escaped(s string) string {
	var out bytes.Buffer
	_ = xml.EscapeText(&out, []byte(s)) // a bytes.Buffer does not fail
	return out.String()
}
