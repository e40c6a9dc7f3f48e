package soap

// The namespaces and addresses of SOAP 1.1, SOAP 1.2, XML Schema and the vendor.
const (
	ours       = "http://removethebackground.com/"
	envelope11 = "http://schemas.xmlsoap.org/soap/envelope/"
	envelope12 = "http://www.w3.org/2003/05/soap-envelope"
	instance   = "http://www.w3.org/2001/XMLSchema-instance"
	xmlSpace   = "http://www.w3.org/XML/1998/namespace"
	xmlnsSpace = "http://www.w3.org/2000/xmlns/"

	nextActor = "http://schemas.xmlsoap.org/soap/actor/next" // SOAP 1.1, 4.2.2
	nextRole  = envelope12 + "/role/next"                    // SOAP 1.2 part 1, 2.2
	lastRole  = envelope12 + "/role/ultimateReceiver"        // the same
)
