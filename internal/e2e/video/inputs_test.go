package video

import (
	"math"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
)

// input is a clip as customers bring it.
type input struct {
	name    string // of the file
	encoder string
	encode  []string
	sound   string // encoder
	heard   string // codec of the sound in a mov of it
}

func inputs() []input {
	return []input{
		{"h264.mp4", "libx264", []string{"-preset", "ultrafast", "-bf", "2"}, "aac", "aac"},
		{"h265.mov", "libx265", []string{"-preset", "ultrafast", "-x265-params", "log-level=error", "-tag:v", "hvc1"}, "aac", "aac"},
		{"vp8.webm", "libvpx", []string{"-deadline", "realtime"}, "libvorbis", "aac"},
		{"vp9.mkv", "libvpx-vp9", []string{"-deadline", "realtime", "-cpu-used", "8"}, "libopus", "aac"},
		{"av1.mp4", "libsvtav1", []string{"-preset", "12", "-svtav1-params", "lp=1"}, "aac", "aac"},
		{"mpeg4.avi", "mpeg4", nil, "libmp3lame", "mp3"},
		{"h264.mkv", "libx264", []string{"-preset", "ultrafast"}, "aac", "aac"},
	}
}

// everyInput has a clip in each container and codec cut out: as many frames come out
// as went in, with the sound.
func everyInput(t *testing.T, h *house) {
	c := h.customer(t)
	for _, in := range inputs() {
		t.Run(in.name, func(t *testing.T) {
			t.Parallel()
			for _, encoder := range []string{in.encoder, in.sound} {
				if !strings.Contains(encoders(), " "+encoder+" ") {
					t.Skipf("this ffmpeg has no %s", encoder)
				}
			}
			c := *c
			c.t = t
			path := clip(t, in.name, sounding("160x90", 10, .6, append(append([]string{"-c:v", in.encoder}, in.encode...), "-c:a", in.sound)...)...)
			j, made := c.made(c.upload(path), object{"output_format": "mov"})
			if o := probe(t, made); o.of("video").Packets != "6" || math.Abs(o.seconds(t)-.6) > .1 {
				t.Errorf("%s frames in %v s, want 6 in .6", o.of("video").Packets, o.seconds(t))
			}
			if j.Output.Width != 160 || j.Output.Height != 90 {
				t.Errorf("%dx%d, want 160x90", j.Output.Width, j.Output.Height)
			}
			checkSound(t, made, in.heard, .6)
		})
	}
}

// ownAlpha: what is clear in the clip stays clear in the result, whatever is there.
func ownAlpha(t *testing.T, h *house) {
	c := h.customer(t)
	if !strings.Contains(encoders(), " libvpx-vp9 ") {
		t.Skip("this ffmpeg has no libvpx-vp9")
	}
	path := clip(t, "alpha.webm", "-loop", "1", "-framerate", "10", "-t", "0.3", "-i", photo,
		"-vf", "scale=160:90,setsar=1,format=yuva420p,geq=lum='p(X,Y)':cb='p(X,Y)':cr='p(X,Y)':a='if(lt(X,W/2),0,255)'",
		"-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-auto-alt-ref", "0", "-pix_fmt", "yuva420p")
	_, made := c.made(c.upload(path), nil)
	mattes := alphas(t, made, 160*90)
	if len(mattes) != 3 {
		t.Errorf("%d frames, want 3", len(mattes))
	}
	for n, m := range mattes {
		left, right := 0, 0
		for at, a := range m {
			switch {
			case at%160 < 76 && a > 32:
				left++
			case at%160 > 84 && a > 223:
				right++
			}
		}
		if left > 0 || right < 100 {
			t.Errorf("frame %d: %d points of the clear half are seen, %d of the other one", n, left, right)
		}
	}
}

// rotation: a phone held upright stores the picture lying, with a note; the result
// stands.
func rotation(t *testing.T, h *house) {
	c := h.customer(t)
	lying := clip(t, "lying.mp4", append(panned("160x90", 10, .3), "-c:v", "libx264", "-preset", "ultrafast")...)
	turned := clip(t, "turned.mp4", "-i", lying, "-c", "copy", "-metadata:s:v:0", "rotate=90")
	_, made := c.made(c.upload(turned), object{"output_format": "mp4", "bg_type": "white"})
	if v := probe(t, made).of("video"); v.Width != 90 || v.Height != 160 {
		t.Errorf("%dx%d, want 90x160", v.Width, v.Height)
	}
}

// variableRate: frames that stay for 100 and for 300 ms do so in the result.
func variableRate(t *testing.T, h *house) {
	c := h.customer(t)
	source := clip(t, "even.mp4", append(panned("160x90", 10, 1.2), "-c:v", "libx264", "-preset", "ultrafast")...)
	uneven := clip(t, "uneven.mp4", "-i", source, "-vf", "select='not(eq(n,3)+eq(n,4)+eq(n,8))'", "-fps_mode", "vfr", "-enc_time_base", "1/1000",
		"-c:v", "libx264", "-preset", "ultrafast", "-bf", "0")
	want := times(t, uneven)
	_, made := c.made(c.upload(uneven), nil)
	got := times(t, made)
	if len(want) != 9 || len(got) != len(want) {
		t.Fatalf("frames at %v, want them at %v", got, want)
	}
	for n := range want {
		if math.Abs(got[n]-want[n]) > .005 {
			t.Errorf("frames at %v, want them at %v", got, want)
			break
		}
	}
}

// outsideClips come from a web server: one that is there, one behind a redirect, one
// that is not there and a page instead of one.
func outsideClips(t *testing.T, h *house) {
	c := h.customer(t)
	there := h.web.At(filepath.Base(sample(t)))
	moved := h.web.Handle("moved", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, there, http.StatusFound) })
	page := h.web.Handle("page", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("<html>" + strings.Repeat(" ", 2000)))
	})
	preview := object{"preview_duration": .2}
	ids := []string{c.start(there, preview), c.start(moved, preview), c.start(h.web.Handle("gone", http.NotFound), preview), c.start(page, preview)}
	for _, id := range ids[:2] {
		j, made := c.finished(id)
		lookPreview(t, j, made)
	}
	for n, want := range map[int]string{2: "download_failed", 3: "invalid_video"} {
		if j := c.ended(ids[n], "failed"); j.ErrorCode != want || j.Error == "" || j.OutputURL != "" || j.CreditsUsed != 0 {
			t.Errorf("the failed job is %+v, want %s", j, want)
		}
	}
	// Now it is there, and the job is started again.
	h.web.Handle("gone", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, there, http.StatusFound) })
	c.refused(http.StatusConflict, "conflict", http.MethodPost, "/v1/jobs/"+ids[0]+"/start", object{})
	c.ok(http.MethodPost, "/v1/jobs/"+ids[2]+"/start", object{"output_format": "mp4", "bg_type": "blue"})
	if j, made := c.finished(ids[2]); j.Error != "" || probe(t, made).of("video").Packets != "5" {
		t.Errorf("started again, the job is %+v", j)
	}
}

// refusedOrders are refused before anything is made of them.
func refusedOrders(t *testing.T, h *house) {
	c := h.customer(t)
	address := c.upload(sample(t))
	for _, tt := range []struct {
		body object
		says string
	}{
		{object{"video_url": address, "output_format": "mp4"}, "mp4"},
		{object{"video_url": address, "output_format": "mp4", "bg_type": "transparent"}, "transparent"},
		{object{"video_url": address, "output_format": "avi"}, "output_format"},
		{object{"video_url": address, "model": "best"}, "model"},
		{object{"video_url": address, "text_prompt": "the cup"}, "text_prompt"},
		{object{"video_url": "file:///etc/passwd"}, "video_url"},
		{object{}, "video_url"},
	} {
		if message := c.refused(http.StatusBadRequest, "invalid_request", http.MethodPost, "/v1/jobs", tt.body); !strings.Contains(message, tt.says) {
			t.Errorf("%v is refused with %q, which does not name %s", tt.body, message, tt.says)
		}
	}
	if list := c.ok(http.MethodGet, "/v1/jobs", nil); list["total"] != 0. {
		t.Errorf("refused orders made jobs: %v", list)
	}
	a, err := c.Upload(t.Context(), "", photo[:strings.LastIndex(photo, "/")]+"/SOURCES.md")
	if err != nil || a.HTTP != http.StatusBadRequest || !strings.Contains(string(a.Body), "Invalid file type") {
		t.Errorf("a text as an upload: %v, %+v", err, a)
	}
}
