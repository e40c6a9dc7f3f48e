package video

import (
	"encoding/base64"
	"strings"
)

// metadata is what a client says of its file.
type metadata map[string]string

// parseMetadata reads an Upload-Metadata header: pairs of a name and a value in Base64,
// separated by commas; the value may be missing. Clients pad Base64 or not.
func parseMetadata(header string) (metadata, error) {
	all := metadata{}
	if header == "" {
		return all, nil
	}
	for pair := range strings.SplitSeq(header, ",") {
		name, encoded, _ := strings.Cut(strings.TrimSpace(pair), " ")
		value, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(strings.TrimSpace(encoded), "="))
		if name == "" || err != nil || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' }) {
			return nil, invalid("Upload-Metadata: %.40q is not a name, a space and a value in Base64", strings.TrimSpace(pair))
		}
		if _, twice := all[name]; twice {
			return nil, invalid("Upload-Metadata: %.40q comes twice", name)
		}
		all[name] = string(value)
	}
	return all, nil
}

// name is what the file is called: filename (tus-js-client), else name (uppy).
func (m metadata) name() string {
	if m["filename"] != "" {
		return strings.ToValidUTF8(m["filename"], "\uFFFD")
	}
	return strings.ToValidUTF8(m["name"], "\uFFFD")
}

// metadataOf is an Upload-Metadata header with the name.
func metadataOf(name string) string {
	return "filename " + base64.StdEncoding.EncodeToString([]byte(name))
}
