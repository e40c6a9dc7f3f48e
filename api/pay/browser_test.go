package pay

import (
	"context"
	"image/png"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mattebox"
)

// TestPagesInBrowser has Chromium draw the pages as a telephone shows them. It
// fails when the browser's console complains, as it does of what the policy
// forbids. -artifacts keeps the pictures to be looked at.
func TestPagesInBrowser(t *testing.T) {
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("chromium is missing (apt-get install chromium): nobody looks at the pages")
	}
	h := newHouse(t, nil)
	h.rename("A template with quite a long name (PNG transparent 1200 by 1600) Photographs_of_shoes_without_a_space_in_their_name")
	invoice := h.invoice()
	back := "&returnUrl=" + url.QueryEscape("https://shop.example.com/paid")
	address := h.links.Absolute("pay/"+invoice.ID()) + back
	h.picture(chromium, "due", address)
	h.picture(chromium, "waiting", strings.Replace(address, "?", "/done?", 1))
	h.picture(chromium, "topup", h.links.Absolute("topup/1000001")+back)
	h.picture(chromium, "fault", h.server.URL+"/pay/"+invoice.ID())
	if err := h.store.PayInvoice(t.Context(), invoice.Number, "bank 1", ""); err != nil {
		t.Fatal(err)
	}
	h.picture(chromium, "paid", address)
	h.picture(chromium, "done", strings.Replace(address, "?", "/done?", 1))
}

// rename gives orders from now on a template of the name.
func (h *house) rename(name string) {
	h.Helper()
	named := mattebox.DefaultTemplate()
	named.Name = name
	template, err := h.store.AddTemplate(h.Context(), h.account, named, usd(95))
	if err != nil {
		h.Fatal(err)
	}
	h.template = template.ID
}

// picture draws the page at the address.
func (h *house) picture(chromium, name, address string) {
	h.Helper()
	ctx, cancel := context.WithTimeout(h.Context(), time.Minute)
	defer cancel()
	path := filepath.Join(h.ArtifactDir(), name+".png")
	out, err := exec.CommandContext(ctx, chromium, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=500,900",
		"--user-data-dir="+h.TempDir(), "--enable-logging=stderr", "--screenshot="+path, address).CombinedOutput()
	if err != nil {
		h.Fatalf("%s: %v\n%s", name, err, out)
	}
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, ":CONSOLE") {
			h.Errorf("%s: the browser says: %s", name, line)
		}
	}
	file, err := os.Open(path)
	if err != nil {
		h.Fatal(err)
	}
	defer file.Close()
	if _, err := png.Decode(file); err != nil {
		h.Errorf("%s: %v", name, err)
	}
}
