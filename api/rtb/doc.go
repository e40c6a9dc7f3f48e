// Package rtb is the door for clients of the Remove The Background API
// (contracts A). A request comes in over HTTP, becomes named values, then a typed
// request; an operation checks it, asks the store, and gives a typed response,
// which goes out as XML or JSON.
//
// The operations stand in one table (operations.go), one file each. A request is a
// struct of texts whose tags give the names of the wire in the documented order; a
// response is a struct whose fields stand in the order of the elements of the
// wire. So a binding needs two things only: to turn what it receives into Values, and
// to write the Node that Tree makes of a response. The REST binding is in handler.go.
//
// What the operations need of the rest of the house is in Config; the store gives most
// of it. Nothing here knows how an image is produced.
package rtb
