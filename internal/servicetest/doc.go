// Package servicetest runs the real service for tests and measurements: the
// program is built from the tree, started as a process of its own on real
// databases, and spoken to over HTTP, as a customer does.
//
//   - Build and Launch make and start the program; a Service can be killed,
//     stopped and started again on the same data, and run the program's other
//     commands beside it.
//   - Client speaks the RTB operations in XML and JSON.
//   - Pictures serves photographs and faulty answers to the service's downloads.
//   - Receiver takes webhooks, journals each one to a file before it answers,
//     and fails as it is told to.
//
// Nothing in here knows the testing package, so that bench/service uses it too.
package servicetest
