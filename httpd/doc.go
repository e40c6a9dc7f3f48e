// Package httpd is the house's front door: everything about HTTP that is the
// same for every edge. It listens, speaks TLS and HTTP/2, names each request,
// bounds what strangers may take of time and memory, logs and counts what was
// asked, says whether the service is alive and ready, and stops without cutting
// anybody off.
//
// What comes in is a connection; what goes out is a call of the one
// http.Handler in Config. On its way a request passes, in this order:
//
//	listener.go   no more connections than allowed
//	forwarded.go  who asks, told by a trusted proxy
//	requestid.go  a name for the request
//	observe.go    access log and metrics (redact.go: without secrets)
//	health.go     /livez and /readyz are answered here
//	recover.go    a panic becomes a 500
//	bounds.go     requests at a time, bytes of a body, time for either direction
//
// An edge finds the caller's address in RemoteAddr, the scheme in the header
// X-Forwarded-Proto and the request's name in the header X-Request-Id; all three
// can be believed.
package httpd
