package weights

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func asError[T error](err error, target *T) bool { return errors.As(err, target) }

// member is a file of a package made by a test.
type member struct {
	name string
	data []byte
	kind byte // 0: a regular file
}

// packTo writes the members as npm packs them.
func packTo(t testing.TB, path string, members ...member) {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for _, m := range members {
		h := &tar.Header{Name: "package/" + m.name, Mode: 0o644, Size: int64(len(m.data)), Typeflag: m.kind}
		if m.kind == tar.TypeSymlink {
			h.Linkname, h.Size = "/etc/passwd", 0
		}
		err := w.WriteHeader(h)
		if err == nil && h.Size > 0 {
			_, err = w.Write(m.data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), z.Close(), os.WriteFile(path, b.Bytes(), 0o644)); err != nil {
		t.Fatal(err)
	}
}

func sumOf(data []byte) Sum {
	h := sha256.Sum256(data)
	return Sum{Size: int64(len(data)), SHA256: hex.EncodeToString(h[:])}
}

const chunkIndex = `{"/models/m":{"size":10,"mime":"x","chunks":[
{"hash":"aa","offsets":[0,4]},{"hash":"bb","offsets":[4,8]},{"hash":"cc","offsets":[8,10]}]}}`

func chunkMembers() []member {
	return []member{ // the list comes last and the chunks in no order
		{name: "dist/cc", data: []byte("89")},
		{name: "dist/aa", data: []byte("0123")},
		{name: "other/bb", data: []byte("no")},
		{name: "dist/bb", data: []byte("4567")},
		{name: "dist/resources.json", data: []byte(chunkIndex)},
	}
}

func TestExtract(t *testing.T) {
	whole := File{Member: "bin/net.onnx", Sum: sumOf([]byte("weights"))}
	chunks := File{Index: "dist/resources.json", Resource: "/models/m", Sum: sumOf([]byte("0123456789"))}
	other := chunks
	other.Resource = "/models/none"
	longer := chunks
	longer.Size = 11
	tests := map[string]struct {
		file    File
		members []member
		want    string
		says    string
	}{
		"a member": {file: whole, want: "weights",
			members: []member{{name: "x", data: []byte("y")}, {name: "bin/net.onnx", data: []byte("weights")}}},
		"chunks in any order": {file: chunks, members: chunkMembers(), want: "0123456789"},
		"no such member":      {file: whole, members: []member{{name: "net.onnx", data: []byte("weights")}}, says: "holds no bin/net.onnx"},
		"another size":        {file: whole, members: []member{{name: "bin/net.onnx", data: []byte("weight")}}, says: "6 bytes, not 7"},
		"a link":              {file: whole, members: []member{{name: "bin/net.onnx", kind: tar.TypeSymlink}}, says: "holds no"},
		"a missing chunk":     {file: chunks, members: chunkMembers()[1:], says: "lacks 1 chunks"},
		"a short chunk": {file: chunks, says: "has 1 bytes, not 2",
			members: append([]member{{name: "dist/cc", data: []byte("8")}}, chunkMembers()[1:]...)},
		"no list":           {file: chunks, members: chunkMembers()[:4], says: "resources.json"},
		"not in the list":   {file: other, members: chunkMembers(), says: "does not list"},
		"the list disagree": {file: longer, members: chunkMembers(), says: "not 11 bytes"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			tgz, out := filepath.Join(dir, "p.tgz"), filepath.Join(dir, "out")
			packTo(t, tgz, tt.members...)
			var told int64
			err := extract(context.Background(), tgz, tt.file, out, func(n int64) { told = n })
			if tt.says != "" {
				if err == nil || !strings.Contains(err.Error(), tt.says) {
					t.Fatalf("error %v, want one that says %q", err, tt.says)
				}
				return
			}
			got, readErr := os.ReadFile(out)
			if err != nil || readErr != nil || string(got) != tt.want {
				t.Fatalf("got %q, %v, %v; want %q", got, err, readErr, tt.want)
			}
			if told != int64(len(tt.want)) {
				t.Errorf("progress ended at %d of %d bytes", told, len(tt.want))
			}
		})
	}
}

func TestExtractNoticesABrokenPackage(t *testing.T) {
	dir := t.TempDir()
	tgz, out := filepath.Join(dir, "p.tgz"), filepath.Join(dir, "out")
	packTo(t, tgz, chunkMembers()...)
	packed, err := os.ReadFile(tgz)
	if err != nil {
		t.Fatal(err)
	}
	file := File{Index: "dist/resources.json", Resource: "/models/m", Sum: sumOf([]byte("0123456789"))}
	for _, n := range []int{0, 5, len(packed) / 2} {
		if err := os.WriteFile(tgz, packed[:n], 0o644); err != nil {
			t.Fatal(err)
		}
		if err := extract(context.Background(), tgz, file, out, func(int64) {}); err == nil {
			t.Errorf("a package broken off after %d of %d bytes is taken", n, len(packed))
		}
	}
}

func TestParseIndexRefusesWhatDoesNotJoin(t *testing.T) {
	file := File{Index: "dist/resources.json", Resource: "/models/m", Sum: Sum{Size: 10}}
	if _, err := parseIndex([]byte(chunkIndex), file); err != nil {
		t.Fatal(err)
	}
	for _, change := range [][2]string{
		{`[4,8]`, `[5,8]`}, {`[4,8]`, `[3,8]`}, {`[4,8]`, `[4,4]`}, {`[8,10]`, `[8,9]`}, {`[8,10]`, `[8,99]`},
		{`[0,4]`, `[-1,4]`}, {`"bb"`, `"aa"`}, {`"size":10`, `"size":9`}, {`[0,4]`, `[0]`}, {`}]}}`, `}]`},
	} {
		text := strings.Replace(chunkIndex, change[0], change[1], 1)
		if _, err := parseIndex([]byte(text), file); err == nil {
			t.Errorf("%s for %s is taken", change[1], change[0])
		}
	}
}

func FuzzParseIndex(f *testing.F) {
	f.Add([]byte(chunkIndex))
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		chunks, err := parseIndex(data, File{Index: "dist/i.json", Resource: "/models/m", Sum: Sum{Size: 10}})
		if err != nil {
			return
		}
		total := int64(0)
		for _, c := range chunks {
			total += c.size
		}
		if total != 10 {
			t.Fatalf("the chunks %v cover %d of 10 bytes", chunks, total)
		}
	})
}

func FuzzExtract(f *testing.F) {
	path := filepath.Join(f.TempDir(), "seed.tgz")
	packTo(f, path, chunkMembers()...)
	seed, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Fuzz(func(t *testing.T, data []byte) {
		dir := t.TempDir()
		tgz := filepath.Join(dir, "p.tgz")
		if err := os.WriteFile(tgz, data, 0o644); err != nil {
			t.Fatal(err)
		}
		file := File{Index: "dist/resources.json", Resource: "/models/m", Sum: sumOf([]byte("0123456789"))}
		out := filepath.Join(dir, "out")
		if err := extract(context.Background(), tgz, file, out, func(int64) {}); err != nil {
			return
		}
		if info, err := os.Stat(out); err != nil || info.Size() > file.Size {
			t.Fatalf("out is %v, %v", info, err)
		}
	})
}

func TestPackageFile(t *testing.T) {
	for spec, want := range map[string]string{
		"onnxruntime-node@1.24.3":              "onnxruntime-node-1.24.3.tgz",
		"@imgly/background-removal-data@1.4.5": "imgly-background-removal-data-1.4.5.tgz",
	} {
		if got := packageFile(spec); got != want {
			t.Errorf("%s is packed as %s, want %s", spec, got, want)
		}
	}
}

func TestNPMReason(t *testing.T) {
	const refused = `npm error code ECONNREFUSED
npm error syscall connect
npm error errno ECONNREFUSED
npm error FetchError: request to http://127.0.0.1:9/x failed, reason: connect ECONNREFUSED 127.0.0.1:9
npm error     at ClientRequest.<anonymous> (/usr/lib/node_modules/npm/x.js:130:14)
npm error   code: 'ECONNREFUSED',
npm error }
npm error
npm error A complete log of this run can be found in: /root/.npm/_logs/x.log
`
	const missing = `npm error code ETARGET
npm error notarget No matching version found for x@9.9.9.
npm error A complete log of this run can be found in: /root/.npm/_logs/x.log
`
	for stderr, want := range map[string]string{
		refused: "FetchError: request to http://127.0.0.1:9/x failed, reason: connect ECONNREFUSED 127.0.0.1:9",
		missing: "notarget No matching version found for x@9.9.9.",
		"":      "",
	} {
		if got := npmReason(stderr); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
