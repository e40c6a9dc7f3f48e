package e2e

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// rejectedUntilApproved rejects a finished image: it is produced again at the best
// quality, waits for an operator, and is delivered anew when he approves it.
func rejectedUntilApproved(t *testing.T, h *house) {
	c := h.customer(t)
	callback := h.receiver.At("rejection/" + c.Email)
	ticket := c.order(fields{"imageCallbackURL": callback})
	first := c.wait(ticket, 80).FinalImagesURL[0]
	_, before := c.download(first, http.StatusOK)
	c.refused("InvalidImageStatus", http.MethodDelete, "Image/"+ticket, nil)
	c.do(http.MethodPut, "Image/Reject/"+ticket, fields{"comment": "the handle is missing"})
	c.refused("InvalidImageStatus", http.MethodPut, "Image/Reject/"+ticket, nil)
	c.wait(ticket, 66)
	if shown := string(h.mattebox(t, "images show", ticket)); !strings.Contains(shown, "the handle is missing") {
		t.Errorf("the comment is not among what the operator sees:\n%s", shown)
	}
	if posts := h.receiver.Posts("rejection/" + c.Email); len(posts) != 1 {
		t.Errorf("%d webhooks came before the approval, want 1", len(posts))
	}
	h.mattebox(t, "images approve", ticket)
	done := c.wait(ticket, 80)
	_, after := c.download(done.FinalImagesURL[0], http.StatusOK)
	if len(after) == 0 || string(before) == string(after) {
		t.Errorf("after production at the best quality the file is the same")
	}
	posts := h.receiver.Posts("rejection/" + c.Email)
	if len(posts) != 2 || posts[0].UID() == posts[1].UID() {
		t.Errorf("%d webhooks came, want 2 of different deliveries", len(posts))
	}
	if history := h.history(t, ticket); !strings.HasSuffix(history, "10 30 60 70 80 40 60 66 70 80") {
		t.Errorf("the image went by %s", history)
	}
}

// operatorsFloor sends images to 66 by their templates and lets operators refuse
// one, ask about one, and upload the result of another.
func operatorsFloor(t *testing.T, h *house) {
	c := h.customer(t)
	keep := func(field string) int {
		return c.template(fields{"templateOutputFormat": "JPG", "backgroundType": "0", field: "true"})
	}
	mannequin, model := keep("isKeptMannequin"), keep("isKeptModel")
	refused, asked := c.order(fields{"templateId": mannequin}), c.order(fields{"templateId": model})
	uploaded := c.order(fields{"templateId": mannequin, "imageCallbackURL": h.receiver.At("floor/" + c.Email)})
	for _, ticket := range []string{refused, asked, uploaded} {
		c.wait(ticket, 66)
	}
	listed := string(h.mattebox(t, "images list", "--status", "66"))
	for _, ticket := range []string{refused, asked, uploaded} {
		if !strings.Contains(listed, ticket) {
			t.Errorf("the operator's list lacks %s:\n%s", ticket, listed)
		}
	}
	h.mattebox(t, "images refuse", refused, "--reason", "not a photograph")
	h.mattebox(t, "images ask", asked, "--question", "which of the two?")
	for ticket, want := range map[string]int{refused: 90, asked: 95} {
		if got := c.status(ticket); got.StatusId != want || len(got.FinalImagesURL) != 0 {
			t.Errorf("the image stands at %d with %v, want %d without a result", got.StatusId, got.FinalImagesURL, want)
		}
	}
	own, err := h.pictures.File("100/astronaut.jpg")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "by hand.jpg")
	if err := os.WriteFile(file, own, 0o600); err != nil {
		t.Fatal(err)
	}
	h.mattebox(t, "images upload", uploaded, file)
	done := c.wait(uploaded, 80)
	if _, got := c.download(done.FinalImagesURL[0], http.StatusOK); string(got) != string(own) {
		t.Errorf("the result has %d bytes, want the %d uploaded ones", len(got), len(own))
	}
	c.download(done.ThumbnailImageURL, http.StatusOK)
}

// reviewOfAccounts has an account see everything looked at, one only what the
// network is unsure of, one nothing.
func reviewOfAccounts(t *testing.T, h *house) {
	// Noise without a subject: the matte of it is worth little.
	noise := h.pictures.Handle("noise.png", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(noisePNG(t)) })
	all, unsure, none := h.customer(t), h.customer(t), h.customer(t)
	h.mattebox(t, "account review", all.Email, "all")
	h.mattebox(t, "account review", unsure.Email, "low-confidence")
	good, bad, seen := unsure.order(nil), unsure.order(fields{"imageURL": noise}), all.order(nil)
	any := none.order(fields{"imageURL": noise})
	unsure.wait(good, 70)
	unsure.wait(bad, 66)
	all.wait(seen, 66)
	none.wait(any, 70)
}
