package e2e

import (
	"bytes"
	"fmt"
	"image"
	"net/http"
	"path"
	"slices"
	"strings"
	"testing"
	"time"
)

// picturesThatCrashTheEngine orders pictures that break the engine process, and
// good ones between them: only the bad ones fail.
func picturesThatCrashTheEngine(t *testing.T, h *house) {
	c := h.customer(t)
	photo, err := h.pictures.File("320/coffee.jpg")
	if err != nil {
		t.Fatal(err)
	}
	template := c.template(fields{"backgroundType": "0", "templateOutputFormat": "JPG"})
	order := func(name string) string {
		address := h.pictures.Handle(name+".jpg", func(w http.ResponseWriter, _ *http.Request) {
			// Whatever follows the end of a JPEG is of no concern to decoders.
			_, _ = w.Write(append(photo[:len(photo):len(photo)], name...))
		})
		return c.order(fields{"imageURL": address, "templateId": template, "customerImageId": name})
	}
	// What breaks the engine at once does so when the source's header is read; what
	// breaks it late, in production. Either has two tries.
	bad, good := map[string]string{}, []string{}
	for name := range crashingPictures() {
		bad[name] = order("mattebox-fault-" + name)
		good = append(good, order("good-"+name))
	}
	for _, ticket := range good {
		if got := c.wait(ticket, 70, 90); got.StatusId != 70 {
			t.Errorf("a good picture beside bad ones came to %d", got.StatusId)
		}
	}
	for name, want := range crashingPictures() {
		c.wait(bad[name], 90)
		if history := h.history(t, bad[name]); history != want {
			t.Errorf("%s: the picture went by %s, want %s", name, history, want)
		}
	}
}

// crashingPictures returns some of the faults of engine/child, which tests the rest,
// and by what statuses a picture with each goes.
func crashingPictures() map[string]string {
	const early, late = "10 90", "10 30 60 30 60 90"
	return map[string]string{"segv": early, "hang": early, "late-kill": late, "late-rubbish": late}
}

// combinedImages orders several sources in one picture: side by side, and as
// layers of a PSD.
func combinedImages(t *testing.T, h *house) {
	c := h.customer(t)
	sources := fields{"imageURL": h.small(), "imageURL2": h.pictures.At("320/astronaut.jpg"), "imageURL3": ""}
	combine := func(format string) string {
		f := fields{"templateId": c.template(fields{"templateOutputFormat": format, "isCombinedImages": "true"})}
		for name, value := range sources {
			f[name] = value
		}
		return c.order(f)
	}
	beside, layered := combine("PNG"), combine("PSD")
	picture, _ := c.picture(c.wait(beside, 70).FinalImagesURL[0])
	// Two of 320 pixels beside each other, on their own canvases.
	if b := picture.Bounds(); b.Dx() < 500 {
		t.Errorf("the combined picture is %v, want two pictures' width", b)
	}
	for x, what := range map[int]string{picture.Bounds().Dx() / 4: "left", picture.Bounds().Dx() * 3 / 4: "right"} {
		if !opaqueColumn(picture, x) {
			t.Errorf("there is no subject in the %s half", what)
		}
	}
	_, psd := c.download(c.wait(layered, 70).FinalImagesURL[0], http.StatusOK)
	if got := psdLayers(t, psd); got < 2 {
		t.Errorf("the PSD has %d layers, want one for each source", got)
	}
	for _, name := range []string{"\x06coffee", "\x09astronaut"} { // Pascal strings of the layer records
		if !bytes.Contains(psd, []byte(name)) {
			t.Errorf("the PSD has no layer %q", name[1:])
		}
	}
}

func opaqueColumn(picture image.Image, x int) bool {
	for y := range picture.Bounds().Dy() {
		if _, _, _, a := picture.At(x, y).RGBA(); a > 0xf000 {
			return true
		}
	}
	return false
}

// psdLayers returns the number of layers of a PSD file (Adobe's File Formats
// Specification, "Layer and Mask Information Section").
func psdLayers(t *testing.T, psd []byte) int {
	t.Helper()
	if len(psd) < 34 || string(psd[:4]) != "8BPS" {
		t.Fatalf("the file begins with %.4q, want 8BPS", psd)
	}
	at := 26
	for range 2 { // colour mode data, image resources
		at += 4 + number(psd[at:], 4)
	}
	count := int(int16(number(psd[at+8:], 2)))
	return max(count, -count) // negative: the first alpha channel is the picture's
}

func number(b []byte, bytes int) int {
	n := 0
	for _, digit := range b[:bytes] {
		n = n<<8 | int(digit)
	}
	return n
}

// productGroups orders two sizes of one product and looks that both are drawn at
// one scale; a third that comes later has it, too.
func productGroups(t *testing.T, h *house) {
	c := h.customer(t)
	template := c.template(fields{
		"resizeType": "2", "resizeWidth": "400", "resizeHeight": "400", "marginType": "1",
		"marginTop": "10", "marginBottom": "10", "marginLeft": "10", "marginRight": "10",
	})
	order := func(side int) string {
		return c.order(fields{"imageURL": h.pictures.At(fmt.Sprintf("%d/coffee.jpg", side)), "templateId": template, "productId": "cup"})
	}
	large, little := order(320), order(160)
	widths := map[string]int{}
	for name, ticket := range map[string]string{"large": large, "little": little} {
		picture, _ := c.picture(c.wait(ticket, 70).FinalImagesURL[0])
		widths[name] = subject(picture).Dx()
	}
	late, _ := c.picture(c.finished(fields{"imageURL": h.pictures.At("160/coffee.jpg"), "templateId": template, "productId": "cup"}).FinalImagesURL[0])
	widths["late"] = subject(late).Dx()
	// At one scale the photograph of half the size has a subject of half the width;
	// alone it would fill the same box.
	if half := widths["large"] / 2; abs(widths["little"]-half) > half/8 || abs(widths["late"]-half) > half/8 {
		t.Errorf("the subjects are %v wide, want little and late half as wide as large", widths)
	}
	for _, p := range c.do(http.MethodGet, "ProductIds", nil).ProductIds {
		if p.ProductId != "cup" || p.DoneCount != 3 || p.TodoCount != 0 {
			t.Errorf("the product's statistic is %+v, want 3 done", p)
		}
	}
}

func abs(n int) int { return max(n, -n) }

// subject returns the box of what is more than half opaque.
func subject(picture image.Image) image.Rectangle {
	var box image.Rectangle
	for y := range picture.Bounds().Dy() {
		for x := range picture.Bounds().Dx() {
			if _, _, _, a := picture.At(x, y).RGBA(); a > 0x8000 {
				box = box.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return box
}

// everyFormat orders one picture in each of the formats.
func everyFormat(t *testing.T, h *house) {
	c := h.customer(t)
	tickets := map[string]string{}
	for _, format := range []string{"JPG", "JPEG", "TIF", "TIFF", "PNG", "PSD"} {
		// Their background is kept, so that only the encoders work.
		tickets[format] = c.order(fields{"templateId": c.template(fields{"templateOutputFormat": format, "backgroundType": "0"})})
	}
	for format, want := range map[string]struct{ magic, mediaType string }{
		"JPG": {"\xff\xd8\xff", "image/jpeg"}, "JPEG": {"\xff\xd8\xff", "image/jpeg"},
		"TIF": {"II*\x00", "image/tiff"}, "TIFF": {"II*\x00", "image/tiff"},
		"PNG": {"\x89PNG", "image/png"}, "PSD": {"8BPS", "image/vnd.adobe.photoshop"},
	} {
		done := c.wait(tickets[format], 70)
		header, body := c.download(done.FinalImagesURL[0], http.StatusOK)
		if !strings.HasPrefix(string(body), want.magic) {
			t.Errorf("%s: the file begins with %.4q", format, body)
		}
		if got := header.Get("Content-Type"); got != want.mediaType {
			t.Errorf("%s: the file's type is %s, want %s", format, got, want.mediaType)
		}
		if _, kind := c.picture(done.ThumbnailImageURL); kind != "jpeg" && kind != "png" {
			t.Errorf("%s: the thumbnail is a %s", format, kind)
		}
	}
}

// fileName returns the escaped file name of a relative address.
func fileName(address string) string {
	name, _, _ := strings.Cut(address, "?")
	return path.Base(name)
}

// A picture that is handed back while its own job still waits, because another's
// worker took it for fairness, must not cost anybody a job.
func TestHandBacksLoseNoJob(t *testing.T) {
	onBoth(t, settings{}, func(t *testing.T, h *house) {
		photo, err := h.pictures.File("320/coffee.jpg")
		if err != nil {
			t.Fatal(err)
		}
		bad := h.pictures.Handle("bad.jpg", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write(append(photo[:len(photo):len(photo)], "mattebox-fault-late-kill"...))
		})
		many, one := h.customer(t), h.customer(t)
		const good = 30
		plain := fields{"templateId": many.template(fields{"backgroundType": "0", "templateOutputFormat": "JPG"})}
		var tickets []string
		for range good {
			tickets = append(tickets, many.order(plain))
		}
		for range 3 {
			ticket := one.order(fields{"imageURL": bad})
			one.wait(ticket, 90)
			tickets = append(tickets, ticket)
		}
		for _, ticket := range tickets[:good] {
			many.wait(ticket, 70)
		}
		// What had no job would be found by the sweeper, after a minute of nothing.
		if still := h.longestStill(t, tickets); still > 40*time.Second {
			t.Errorf("nothing happened for %v while pictures waited", still)
		}
	})
}

// longestStill returns the longest time between two moves of any of the images.
func (h *house) longestStill(t *testing.T, tickets []string) time.Duration {
	t.Helper()
	var moves []time.Time
	for _, ticket := range tickets {
		for _, m := range h.show(t, ticket).History {
			moves = append(moves, m.At)
		}
	}
	slices.SortFunc(moves, time.Time.Compare)
	var longest time.Duration
	for i := range moves[1:] {
		longest = max(longest, moves[i+1].Sub(moves[i]))
	}
	return longest
}
