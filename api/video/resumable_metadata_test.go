package video

import (
	"encoding/base64"
	"strings"
	"testing"
)

func TestParseMetadata(t *testing.T) {
	for header, want := range map[string]string{
		"": "", "filename Y2xpcA==": "clip", "filename Y2xpcA": "clip", "name eA==,filename Y2xpcA==": "clip", "name eA==, relativePath bnVsbA==": "x",
		"is_confidential,filename Y2xpcA==": "clip", "filename": "", "filename /w==": "\uFFFD",
	} {
		if got, err := parseMetadata(header); err != nil || got.name() != want {
			t.Errorf("%q: %q, %v", header, got.name(), err)
		}
	}
	for _, bad := range []string{",", "filename !", " ", "a  b c", "a eA==,a eA==", "ä eA=="} {
		if got, err := parseMetadata(bad); err == nil {
			t.Errorf("%q is read as %v", bad, got)
		}
	}
}

func FuzzParseMetadata(f *testing.F) {
	for _, seed := range []string{"", "filename Y2xpcA==", "a,b eA==", ",", "a b c", "filename /w=="} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		all, err := parseMetadata(header)
		if err != nil {
			return
		}
		var pairs []string
		for name, value := range all {
			pairs = append(pairs, name+" "+base64.StdEncoding.EncodeToString([]byte(value)))
		}
		again, err := parseMetadata(strings.Join(pairs, ","))
		if err != nil || len(again) != len(all) || again.name() != all.name() {
			t.Errorf("%q is %v, and again %v, %v", header, all, again, err)
		}
	})
}
