// Package soap tests the SOAP service from outside: the real program, and the SOAP
// clients that integrators have: PHP's SoapClient, zeep, node-soap and a proxy that
// mono generates from the WSDL, each calling every operation, and the code that gSOAP
// and JAX-WS generate. What they print is compared with the answers of the REST
// binding for the same objects.
//
//	go test ./internal/e2e/soap                          half a minute to a minute on two cores
//	go test ./internal/e2e/soap -run SOAP/clients/php    one client
//
// The clients are the programs in testdata, which also serve as samples. One that is
// not installed is skipped by name; "scripts/setup.sh test" installs them all.
package soap
