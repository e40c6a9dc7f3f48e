package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mattebox"
)

const callback = "https://shop.example/hook"

// noted is a house whose server has noted its public address.
func noted(t *testing.T) *house {
	t.Helper()
	h := newHouse(t)
	if err := os.WriteFile(filepath.Join(h.data, publicName), []byte("https://cutouts.example\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	h.account("a@b.example", "--days-of-credit", "30")
	return h
}

func TestImagesListAndShow(t *testing.T) {
	h := noted(t)
	h.account("other@b.example")
	waiting := h.atQuality("a@b.example", callback, photo(t))
	other := h.atQuality("other@b.example", "", photo(t))
	tests := map[string]struct {
		args []string
		want []string // tickets
	}{
		"all":                {nil, []string{other.Ticket, waiting.Ticket}},
		"of an account":      {[]string{"--account", "A@b.example"}, []string{waiting.Ticket}},
		"of a status":        {[]string{"--status", "66"}, []string{other.Ticket, waiting.Ticket}},
		"of another status":  {[]string{"--status", "70", "--status", "80"}, []string{}},
		"for an operator":    {[]string{"--waiting-for-operator", "--account", "other@b.example"}, []string{other.Ticket}},
		"the newest one":     {[]string{"--limit", "1"}, []string{other.Ticket}},
		"of another product": {[]string{"--product", "x"}, []string{}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var rows []listedImage
			h.reads(&rows, append([]string{"images", "list"}, tt.args...)...)
			got := []string{}
			for _, r := range rows {
				got = append(got, r.Ticket)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
	h.run("images", "list", "--status", "67").wantCode(t, exitUsage)
	if table := h.run("images", "list").stdout; !strings.Contains(table, waiting.Ticket) || !strings.Contains(table, "66 Quality Assurance") {
		t.Errorf("table:\n%s", table)
	}

	var shown shownImage
	h.reads(&shown, "images", "show", waiting.Ticket)
	if shown.Status != mattebox.StatusQuality || shown.Callback != callback || len(shown.Sources) != 1 || len(shown.History) < 3 || shown.Result == nil {
		t.Errorf("shown %+v", shown)
	}
	text := h.run("images", "show", waiting.Ticket).stdout
	for _, want := range []string{"66 Quality Assurance", "a test", callback, "https://shop.example/cup.jpg", "60 -> 66 by engine", "0.50"} {
		if !strings.Contains(text, want) {
			t.Errorf("show does not tell %q:\n%s", want, text)
		}
	}
	r := h.run("images", "show", "no-such-ticket")
	r.wantCode(t, exitUsage)
	r.wantSaid(t, "no image has the ticket")
}

func TestImagesApprove(t *testing.T) {
	h := noted(t)
	image := h.atQuality("a@b.example", callback, photo(t))
	h.run("images", "approve", image.Ticket).wantCode(t, exitDone)
	r := h.records()
	approved, err := r.ImageByTicket(t.Context(), image.Ticket)
	if err != nil || approved.Status != mattebox.StatusFinished {
		t.Fatalf("%+v, %v", approved, err)
	}
	deliveries, err := r.Deliveries(t.Context(), mattebox.DeliveryFilter{Image: image.ID})
	if err != nil || len(deliveries) != 1 || deliveries[0].URL != callback {
		t.Fatalf("deliveries %+v, %v", deliveries, err)
	}
	link := field(t, deliveries[0].Body, "processedImageURL")
	path, sig, _ := strings.Cut(strings.TrimPrefix(link, "https://cutouts.example/"), "?sig=")
	links, err := (&LinkFlags{LinkValid: "168h"}).links(&App{}, &DataFlags{Data: h.data}, r.keys.Links())
	if err != nil {
		t.Fatal(err)
	}
	if err := links.Check(path, sig); err != nil {
		t.Errorf("the webhook's address %s: %v", link, err)
	}
	again := h.run("images", "approve", image.Ticket)
	again.wantCode(t, exitFailed)
	again.wantSaid(t, "70")
}

// Without a noted address a webhook's links would lead nowhere; without a callback
// nobody needs one.
func TestImagesApproveNeedsThePublicAddress(t *testing.T) {
	h := newHouse(t)
	h.account("a@b.example")
	image, silent := h.atQuality("a@b.example", callback, photo(t)), h.atQuality("a@b.example", "", photo(t))
	r := h.run("images", "approve", image.Ticket)
	r.wantCode(t, exitUsage)
	r.wantSaid(t, "--public-url is needed")
	h.run("images", "approve", silent.Ticket).wantCode(t, exitDone)
	h.run("images", "approve", image.Ticket, "--public-url", "https://x.example").wantCode(t, exitDone)
}

func TestImagesRefuseAndAsk(t *testing.T) {
	h := noted(t)
	refused, asked := h.atQuality("a@b.example", callback, photo(t)), h.atQuality("a@b.example", callback, photo(t))
	h.run("images", "refuse", refused.Ticket, "--reason", "it is a cat").wantCode(t, exitDone)
	h.run("images", "ask", asked.Ticket, "--question", "which cup?").wantCode(t, exitDone)
	r := h.records()
	for ticket, want := range map[string]struct {
		status mattebox.Status
		text   string
	}{
		refused.Ticket: {mattebox.StatusRefused, "it is a cat"}, asked.Ticket: {mattebox.StatusQuestion, "which cup?"},
	} {
		i, err := r.ImageByTicket(t.Context(), ticket)
		if err != nil || i.Status != want.status || i.Reason != want.text {
			t.Errorf("%+v, %v; want %+v", i, err, want)
		}
	}
	h.run("images", "refuse", refused.Ticket).wantCode(t, exitUsage) // without a reason
}

func TestImagesUpload(t *testing.T) {
	h := noted(t)
	image := h.atQuality("a@b.example", callback, []byte("made by the engine"))
	picture := filepath.Join(makeTree(t, map[string][]byte{"mine.png": photo(t)}), "mine.png")
	h.run("images", "upload", image.Ticket, picture).wantCode(t, exitDone)
	i, err := h.records().ImageByTicket(t.Context(), image.Ticket)
	if err != nil || i.Status != mattebox.StatusFinished || i.Result.Width != 600 || i.Result.Height != 400 || i.Result.MediaType != "image/png" {
		t.Fatalf("%+v, %+v, %v", i, i.Result, err)
	}
	if diff := cmp.Diff(photo(t), h.bytesOf(i.Result.Key)); diff != "" {
		t.Error("the stored bytes are not the uploaded ones")
	}
	small, err := readUpload(t.Context(), filepath.Join(h.data, blobsName, i.Result.ThumbnailKey), mattebox.JPG)
	if err != nil || max(small.width, small.height) != thumbnailSide {
		t.Errorf("thumbnail %+v, %v", small, err)
	}
}

func TestImagesUploadRefuses(t *testing.T) {
	h := noted(t)
	image := h.atQuality("a@b.example", callback, photo(t))
	dir := makeTree(t, map[string][]byte{"text.png": []byte("no picture at all"), "half.png": photo(t)[:5000], "a.jpg": []byte("\xff\xd8\xff\xe0 and so on"), "fine.png": photo(t)})
	for name, says := range map[string]string{
		"text.png": "cannot be used", "half.png": "cannot be used", "a.jpg": "asks for PNG", "gone.png": "cannot be read",
	} {
		r := h.run("images", "upload", image.Ticket, filepath.Join(dir, name))
		r.wantCode(t, exitUsage)
		r.wantSaid(t, name, says)
	}
	h.run("images", "refuse", image.Ticket, "--reason", "x").wantCode(t, exitDone)
	r := h.run("images", "upload", image.Ticket, filepath.Join(dir, "fine.png"))
	r.wantCode(t, exitFailed)
	r.wantSaid(t, "90 (Rejected)")
	i, err := h.records().ImageByTicket(t.Context(), image.Ticket)
	if err != nil || i.Status != mattebox.StatusRefused {
		t.Errorf("%+v, %v", i, err)
	}
}

func TestLayeredUpload(t *testing.T) {
	header := []byte("8BPS\x00\x01\x00\x00\x00\x00\x00\x00\x00\x04\x00\x00\x00\x20\x00\x00\x00\x40\x00\x08\x00\x03")
	u, err := layeredUpload("a.psd", header)
	if err != nil || u.width != 64 || u.height != 32 || u.thumbnail != nil {
		t.Errorf("%+v, %v", u, err)
	}
	if _, err := layeredUpload("a.psd", photo(t)); mattebox.CodeOf(err) != mattebox.CodeInvalid {
		t.Errorf("a PNG as PSD: %v", err)
	}
}
