// Package video is the door for clients of the removebgvideo API (contracts D1): a
// clip comes in by POST /v1/uploads or by its address, a job is made of it by POST
// /v1/jobs, and when it is completed its job object has a signed address from which
// the clip without its background is downloaded.
//
// Every operation is registered once, with its typed request and answer, and from
// that come its routing, its validation and its part of the OpenAPI document, so
// that the document (/openapi.json) and the page (/docs) say what the code does. A
// request goes through the key (or the administrator's token), the key's rate, the
// validation of huma, and then the operation, which asks the house through the
// interfaces of Config. Answers of faults have one form everywhere (fault.go).
//
// Nothing here knows how a clip is made, nor looks into one.
package video
