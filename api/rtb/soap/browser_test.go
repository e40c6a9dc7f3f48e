package soap

import (
	"context"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestPagesInBrowser has Chromium draw the pages. It fails when the browser's console
// complains, as it does of what the policy forbids. -artifacts keeps the pictures to
// be looked at.
func TestPagesInBrowser(t *testing.T) {
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("chromium is missing (apt-get install chromium): nobody looks at the pages")
	}
	h := newHouse(t)
	h.picture(chromium, "500,1200", "list", "/soap.asmx")
	h.picture(chromium, "500,1200", "operation", "/soap.asmx?op=AddImageToQueue")
	h.picture(chromium, "1280,1600", "form", "/soap.asmx?op=GetImageStatus")
}

// picture draws the page at the path in a window of the size.
func (h *house) picture(chromium, size, name, path string) {
	h.Helper()
	ctx, cancel := context.WithTimeout(h.Context(), time.Minute)
	defer cancel()
	file := filepath.Join(h.ArtifactDir(), name+"-"+size+".png")
	out, err := exec.CommandContext(ctx, chromium, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size="+size,
		"--user-data-dir="+h.TempDir(), "--enable-logging=stderr", "--screenshot="+file, h.server.URL+path).CombinedOutput()
	if err != nil {
		h.Fatalf("%s: %v: %s", name, err, out)
	}
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, "CONSOLE") {
			h.Errorf("%s: the browser says %s", name, line)
		}
	}
}
