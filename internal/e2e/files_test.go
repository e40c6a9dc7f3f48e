package e2e

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mattebox"
	"mattebox/store"
)

// filesAndLinks downloads results and thumbnails: the first whole download without
// a callback delivers, links expire, ranges work.
func filesAndLinks(t *testing.T, h *house) {
	c := h.customer(t)
	template := c.template(fields{"backgroundType": "0", "templateOutputFormat": "JPG"})
	done := c.finished(fields{"templateId": template})
	if done.StatusId != 70 {
		t.Fatalf("without a callback the image stands at %d, want 70", done.StatusId)
	}
	link := done.FinalImagesURL[0]
	thumbnail, _ := c.picture(done.ThumbnailImageURL)
	if b := thumbnail.Bounds(); max(b.Dx(), b.Dy()) > 320 {
		t.Errorf("the thumbnail is %v", b)
	}
	if got := part(c, link, "bytes=0-9"); len(got) != 10 {
		t.Errorf("the first ten bytes are %d", len(got))
	}
	if s := c.status(done.ImageTicket); s.StatusId != 70 {
		t.Errorf("after a thumbnail and a part the image stands at %d, want 70", s.StatusId)
	}
	header, whole := c.download(link, http.StatusOK)
	if header.Get("Content-Type") != "image/jpeg" || header.Get("ETag") == "" || len(whole) == 0 {
		t.Errorf("%d bytes with the header %v", len(whole), header)
	}
	c.wait(done.ImageTicket, 80)
	if again := c.status(done.ImageTicket); again.FinalImagesURL[0] != link {
		t.Errorf("a moment later the link is %s, want the same, %s", again.FinalImagesURL[0], link)
	}
	expiredLinks(c, link)
}

// part downloads a range.
func part(c *customer, address, bytes string) []byte {
	c.t.Helper()
	request, err := http.NewRequestWithContext(c.t.Context(), http.MethodGet, c.URL+"/"+address, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	request.Header.Set("Range", bytes)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusPartialContent {
		c.t.Errorf("a range is answered with %d", response.StatusCode)
	}
	got := make([]byte, 100)
	n, _ := response.Body.Read(got) // how much is what is looked at
	return got[:n]
}

// expiredLinks signs the link with the service's own key for a time that has passed
// and, to show that this is what makes the difference, for one to come.
func expiredLinks(c *customer, link string) {
	c.t.Helper()
	keys, err := store.LoadKeys(filepath.Join(c.h.Data, "master.key"))
	if err != nil {
		c.t.Fatal(err)
	}
	path, _, _ := strings.Cut(link, "?")
	for age, want := range map[time.Duration]int{0: http.StatusOK, -3 * time.Hour: http.StatusForbidden} {
		now := func() time.Time { return time.Now().Add(age) }
		links := mattebox.Links{Secret: keys.Links(), Valid: time.Minute, Now: now}
		_, body := c.download(links.Relative(path), want)
		if want == http.StatusForbidden && !strings.Contains(string(body), "expired") {
			c.t.Errorf("an expired link is answered with %q", body)
		}
	}
}

// Closing and cleaning after their times: the rows are made older than the
// retention while the service is down.
func TestRetention(t *testing.T) {
	onBoth(t, settings{flags: []string{"--close-after", "30", "--clean-after", "60"}}, func(t *testing.T, h *house) {
		c := h.customer(t)
		template := c.template(fields{"backgroundType": "0", "templateOutputFormat": "JPG"})
		old, fresh := c.finished(fields{"templateId": template}), c.finished(fields{"templateId": template})
		file := filepath.Join(h.Data, "blobs", h.show(t, old.ImageTicket).Result.Key)
		if _, err := os.Stat(file); err != nil {
			t.Fatal(err)
		}
		h.age(t, old.ImageTicket, 31*24*time.Hour)
		closed := c.wait(old.ImageTicket, 100)
		c.download(closed.FinalImagesURL[0], http.StatusOK)
		c.refused("InvalidImageStatus", http.MethodPut, "Image/Reject/"+old.ImageTicket, nil)
		h.age(t, old.ImageTicket, 61*24*time.Hour)
		cleaned := c.wait(old.ImageTicket, 999)
		if len(cleaned.FinalImagesURL) != 0 || cleaned.ThumbnailImageURL != "" {
			t.Errorf("a cleaned image is shown as %+v", cleaned)
		}
		c.download(old.FinalImagesURL[0], http.StatusGone)
		if _, err := os.Stat(file); err == nil {
			t.Error("the file of a cleaned image is still there")
		}
		if s := c.status(fresh.ImageTicket); s.StatusId != 70 {
			t.Errorf("the fresh image stands at %d, want 70", s.StatusId)
		}
	})
}

// age stops the service, makes an image older and starts it again.
func (h *house) age(t *testing.T, ticket string, by time.Duration) {
	t.Helper()
	if code, err := h.Stop(t.Context()); err != nil || code != 0 {
		t.Fatalf("stopping: exit code %d, %v", code, err)
	}
	h.execute(t, "UPDATE images SET settled = settled - $1 WHERE ticket = $2", by.Microseconds(), ticket)
	if err := h.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
}
