package contender

import (
	"bytes"
	"encoding/json"
	"testing"
)

// What a program prints is anything; reading it must not panic, and what it takes
// for a report must be one.
func FuzzReadReports(f *testing.F) {
	f.Add([]byte(`{"file":"a.jpg","output":"a.png","confidence":0.5,"milliseconds":{"total":3}}`))
	f.Add([]byte("Loading\n\n{\"file\":\"a\",\"error\":\"no\"}\n[1]\n"))
	f.Add([]byte(`{"file":`))
	f.Fuzz(func(t *testing.T, text []byte) {
		pictures, _ := readReports(bytes.NewReader(text))
		for _, p := range pictures {
			if p.File == "" {
				t.Error("a report on no file")
			}
			if _, err := json.Marshal(p); err != nil {
				t.Errorf("a report that JSON cannot hold: %v", err)
			}
		}
	})
}
