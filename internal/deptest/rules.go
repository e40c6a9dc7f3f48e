// Package deptest holds the import table of docs/design.md as a test: which
// room may use which. It reads the module's packages with the go command and
// fails on an edge that the table does not allow, giving the reason.
package deptest

import "strings"

// module is the path that our own packages begin with.
const module = "mattebox"

// A rule says what the packages it is for may import of ours. A path that ends
// in "/..." stands for everything below; "." is the module's root.
type rule struct {
	pkg    string
	may    []string
	reason string
}

// rules returns the table. The first rule that fits a package holds; one that
// no rule fits fails the test, so that a new room is thought about.
func rules() []rule {
	return []rule{
		{".", nil,
			"the domain is what everything else agrees on; it depends on nothing"},
		{"matte/onnx", []string{"matte"},
			"the runtime is one way to run a net; matte does not know it"},
		{"matte", nil,
			"the mathematics of mattes is testable without files, formats or cgo"},
		{"weights/onnxpb", nil,
			"a generated file format"},
		{"weights/tflite", []string{"weights/onnxpb"},
			"one file format read and another written; where files come from is weights' business"},
		{"weights", []string{".", "matte", "weights/onnxpb", "weights/tflite"},
			"weights brings files and says what they are; who runs them is not its business"},
		{"imaging", nil,
			"pixels and file formats only, so that libvips stays behind one door"},
		{"psd", nil,
			"a file format, useful without the rest"},
		{"compose", []string{".", "imaging"},
			"a template applied to pixels; it must not care where the matte came from"},
		{"engine", []string{".", "matte", "matte/onnx", "imaging", "psd", "compose"},
			"the road of one picture joins the rooms, and no edge or machine room"},
		{"video", []string{"."},
			"ffmpeg behind one door; what is done with frames is not its business"},
		{"engine/clip", []string{".", "matte", "imaging", "video"},
			"the road of a clip's frames joins the rooms; which nets there are is its caller's business"},
		{"engine/pool", []string{"."},
			"the service keeps native code in children, so what keeps them must not hold any"},
		{"engine/child", []string{".", "engine", "engine/clip", "engine/pool", "imaging", "video"},
			"the children's side of the protocol, in front of the engine"},
		{"safehttp", []string{"."},
			"the guard must be readable alone; nothing of ours may lead around it"},
		{"webhook", []string{".", "safehttp"},
			"wire formats and one attempt; who remembers and repeats is the store's and work's business"},
		{"httpd", []string{"."},
			"what is the same for every edge; it must not know any of them, nor what they serve"},
		{"store/sqlite", []string{".", "store"},
			"one engine of the store; it knows neither the other nor who uses it"},
		{"store/postgres", []string{".", "store"},
			"one engine of the store; it knows neither the other nor who uses it"},
		{"store/storetest", []string{".", "store"},
			"the suite that every engine of the store has to pass"},
		{"store", []string{"."},
			"it keeps rows; the engines plug in, and the queue is handed to it"},
		{"api/rtb/soap", []string{".", "api/rtb"},
			"another binding of the same operations; what they need is api/rtb's business"},
		{"api/rtb", []string{"."},
			"an edge speaks to the house through interfaces of its own and knows no machinery and no other edge"},
		{"api/files", []string{"."},
			"an edge; where bytes and rows come from is the wiring's business"},
		{"api/pay", []string{"."},
			"an edge; which provider takes payments, and how an invoice becomes pages, is the wiring's business"},
		{"api/video", []string{"."},
			"an edge; how clips are looked into and made is the wiring's and work's business"},
		{"billing", []string{"."},
			"prices, terms, invoices as pages and providers of payment; how money is booked is the store's business"},
		{"blobs", []string{"."},
			"bytes under keys; whose and what for is not its business"},
		{"queue", []string{"."},
			"it wakes workers and knows nothing of what they do; the store is handed it"},
		{"work", []string{".", "blobs", "engine/pool", "safehttp", "webhook"},
			"what each job does joins the machinery; stores and queues are handed to it"},
		{"cmd/mattebox", []string{"..."},
			"the wiring"},
		{"bench/...", []string{".", "matte", "matte/onnx", "weights", "imaging", "psd", "compose", "engine", "engine/clip", "video", "bench/...", "internal/..."},
			"measurements use the rooms as a program would, and nothing uses them"},
		{"internal/...", []string{"..."},
			"helpers of tests and measurements, which no room may import"},
	}
}

// testOnly are the packages that no room imports outside its tests.
const testOnly = "internal/..."

// cgo lists the packages that may hold C: native code stays behind two doors,
// imaging (libvips) and the module that matte/onnx uses (ONNX Runtime).
func cgo() []string { return []string{"imaging"} }

// native maps modules that bind native libraries to the only packages that may
// import them.
func native() map[string][]string {
	return map[string][]string{
		"github.com/yalue/onnxruntime_go": {"matte/onnx"},
		"github.com/davidbyttow/govips":   {"imaging"},
	}
}

// matches reports whether the pattern stands for the path, both relative to the
// module.
func matches(pattern, path string) bool {
	if pattern == "..." {
		return true
	}
	if prefix, ok := strings.CutSuffix(pattern, "/..."); ok {
		return path == prefix || strings.HasPrefix(path, prefix+"/")
	}
	return pattern == path
}

// ruleFor returns the rule that holds for the package.
func ruleFor(path string) (rule, bool) {
	for _, r := range rules() {
		if matches(r.pkg, path) {
			return r, true
		}
	}
	return rule{}, false
}

// relative returns the path of one of our packages below the module's root, "."
// for the root itself; false for everything else.
func relative(path string) (string, bool) {
	if path == module {
		return ".", true
	}
	return strings.CutPrefix(path, module+"/")
}

// standard reports whether the path is the standard library's: its first element
// has no dot.
func standard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	_, ours := relative(path)
	return !ours && !strings.Contains(first, ".")
}
