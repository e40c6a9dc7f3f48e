// Package soap is the door for SOAP clients of the Remove The Background API
// (contracts B). It has the operations of package rtb under the names of the vendor's
// SOAP service: a request comes in as an envelope or a form, becomes rtb.Values, and
// the rtb.Node that its operation answers with goes out as a result.
//
// Three small tables say what this binding adds to rtb's: which operation is called what
// (table.go), in which order the vendor has the fields of its requests (table.go)
// and the elements of its results (layout.go). From them and from rtb's table
// come the WSDL, the samples on the help pages, and the order in which results are
// written, so that these cannot disagree.
//
// Envelopes are read by a tokenizer of namespaces over encoding/xml (token.go), which
// refuses what SOAP forbids and bounds what it permits.
package soap
