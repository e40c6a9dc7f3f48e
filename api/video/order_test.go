package video

import (
	"encoding/json"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mattebox"
)

// ordered returns the order that the store has of a job.
func (h *house) ordered(id string) mattebox.JobOrder {
	h.Helper()
	job, err := h.store.JobByUID(h.Context(), 0, id)
	if err != nil {
		h.Fatal(err)
	}
	return job.JobOrder
}

// What is above 0 is never taken for the whole clip, however short it is.
func TestPreviews(t *testing.T) {
	h := newHouse(t)
	for seconds, want := range map[float64]time.Duration{
		0: 0, 1e-300: time.Millisecond, 1e-10: time.Millisecond, 1e-4: time.Millisecond, .04: 40 * time.Millisecond, 1.5: 1500 * time.Millisecond, 86400: 24 * time.Hour,
	} {
		if got := h.ordered(h.job("2s", object{"preview_duration": seconds})).Preview; got != want {
			t.Errorf("%g: %s, want %s", seconds, got, want)
		}
	}
}

// The vendor's three lists of bg_type, its background object, and what SDKs send
// (contracts F25, F26).
func TestBackgrounds(t *testing.T) {
	h := newHouse(t)
	picture := h.upload("office.png", []byte("\x89PNG\r\n\x1a\n...")).json(t)["video_url"].(string)
	uid := uploadPath.FindStringSubmatch(strings.TrimPrefix(picture, h.url+"/"))[1]
	green, red := mattebox.Color{R: 9, G: 162, B: 70}, mattebox.Color{R: 255}
	colored := func(c mattebox.Color) mattebox.JobBackground {
		return mattebox.JobBackground{Kind: mattebox.BehindColor, Color: c}
	}
	transparent := mattebox.JobBackground{Kind: mattebox.BehindNothing}
	tests := map[string]mattebox.JobBackground{
		`{}`: transparent,
		`{"background": null, "bg_type":null,"bg_color":null}`:                        transparent,
		`{"bg_type": "transparent"}`:                                                  transparent,
		`{"bg_type": "green"}`:                                                        colored(green),
		`{"bg_type": "white"}`:                                                        colored(mattebox.Color{R: 255, G: 255, B: 255}),
		`{"bg_type": "black"}`:                                                        colored(mattebox.Color{}),
		`{"bg_type": "blue"}`:                                                         colored(mattebox.Color{B: 255}),
		`{"bg_type": "custom", "bg_color": [0.035, 0.635, 0.274]}`:                    colored(green),
		`{"bg_type": "color", "bg_color": [255, 0, 0]}`:                               colored(red),
		`{"bg_type": "color", "bg_color": [1, 0, 0]}`:                                 colored(red),
		`{"bg_type": "color", "bg_color": [0.999, 0, 0.0]}`:                           colored(red),
		`{"bg_type": "custom", "bg_color": "#ff0000"}`:                                colored(red),
		`{"bg_color": [1, 0, 0]}`:                                                     colored(red),
		`{"bg_type": "image", "bg_image_url": "https://example.com/a.jpg"}`:           {Kind: mattebox.BehindImage, URL: "https://example.com/a.jpg"},
		`{"bg_image_url": "https://example.com/a.jpg"}`:                               {Kind: mattebox.BehindImage, URL: "https://example.com/a.jpg"},
		`{"bg_type": "image", "bg_image_url": "` + picture + `"}`:                     {Kind: mattebox.BehindImage, Upload: uid},
		`{"bg_type": "video", "bg_video_url": "https://example.com/a.mp4"}`:           {Kind: mattebox.BehindVideo, URL: "https://example.com/a.mp4"},
		`{"bg_type": "blur"}`:                                                         {Kind: mattebox.BehindBlur},
		`{"background": {"type": "transparent"}, "bg_type": "green"}`:                 transparent,
		`{"background": {"type": "color", "color": "#00ff00"}, "bg_type": "green"}`:   colored(mattebox.Color{G: 255}),
		`{"background": {"type": "color", "color": [0.035, 0.635, 0.274]}}`:           colored(green),
		`{"background": {"type": "color", "color": "green"}}`:                         colored(green),
		`{"background": {"type": "green", "extra": 1}}`:                               colored(green),
		`{"background": {"type": "image", "image_url": "https://example.com/a.jpg"}}`: {Kind: mattebox.BehindImage, URL: "https://example.com/a.jpg"},
		`{"background": {"type": "video", "video_url": "https://example.com/a.mp4"}}`: {Kind: mattebox.BehindVideo, URL: "https://example.com/a.mp4"},
		`{"background": {"type": "blur"}}`:                                            {Kind: mattebox.BehindBlur},
	}
	for text, want := range tests {
		var body object
		if err := json.Unmarshal([]byte(text), &body); err != nil {
			t.Fatal(err)
		}
		body["video_url"], body["auto_start"] = "https://example.com/clip.mp4", false
		answer := h.ask("POST", "/v1/jobs", body)
		if answer.status != 200 {
			t.Errorf("%s: %d %s", text, answer.status, answer.body)
			continue
		}
		if diff := cmp.Diff(want, h.ordered(answer.json(t)["id"].(string)).Background); diff != "" {
			t.Errorf("%s (-want +got) %s", text, diff)
		}
	}
}

func TestOrder(t *testing.T) {
	h := newHouse(t)
	id := h.ok("POST", "/v1/jobs", object{
		"video_url": "https://example.com/clip.mp4", "auto_start": false, "model": "human", "output_format": "mov", "preview_duration": 2.5, "text_prompt": " ",
		"webhook_url": "http://example.com/hook", "metadata": object{"a": []int{1}}, "unknown": 1,
		"composition": object{"canvas": object{"width": 1080, "height": 1920.0}, "foreground": object{"anchor": "bottom-center", "scale": 1.5, "offset": object{"x": -20, "y": 10}}},
	})["id"].(string)
	want := mattebox.JobOrder{
		VideoURL: "https://example.com/clip.mp4", Model: mattebox.ModelHuman, Format: mattebox.FormatMOV, Background: mattebox.JobBackground{Kind: mattebox.BehindNothing},
		Composition: mattebox.Composition{Width: 1080, Height: 1920, Anchor: "bottom-center", Scale: 1.5, OffsetX: -20, OffsetY: 10},
		Preview:     2500 * time.Millisecond, WebhookURL: "http://example.com/hook", Metadata: json.RawMessage(`{"a":[1]}`),
	}
	if diff := cmp.Diff(want, h.ordered(id)); diff != "" {
		t.Errorf("(-want +got) %s", diff)
	}
}

// What cannot be made is refused with the name of the field.
func TestRefusedOrders(t *testing.T) {
	h := newHouse(t)
	tests := map[string]string{ // body: what the message has to name
		`{"video_url": ""}`:                                               "video_url",
		`{"video_url": null}`:                                             "video_url",
		`{"video_url": " "}`:                                              "video_url",
		`{"video_url": 5}`:                                                "video_url",
		`{"video_url": "ftp://example.com/a"}`:                            "video_url",
		`{"video_url": "http://127.0.0.1/a"}`:                             "video_url",
		`{"video_url": "http://[::1%25eth0]/a"}`:                          "video_url",
		`{"video_url": "/etc/passwd"}`:                                    "video_url",
		`{"video_url": "file:///etc/passwd"}`:                             "video_url",
		`{"video_url": "URL/v1/uploads/vid_0123456789abcdef"}`:            "video_url",
		`{"model": "best"}`:                                               "model",
		`{"model": 3}`:                                                    "model",
		`{"output_format": "mp4"}`:                                        "output_format",
		`{"output_format": "avi"}`:                                        "output_format",
		`{"bg_type": "purple"}`:                                           "bg_type",
		`{"bg_type": "custom"}`:                                           "bg_color",
		`{"bg_type": "color", "bg_color": [1, 2]}`:                        "bg_color",
		`{"bg_type": "color", "bg_color": [1, 2, -3]}`:                    "bg_color",
		`{"bg_type": "color", "bg_color": [1, 2, 256]}`:                   "bg_color",
		`{"bg_type": "color", "bg_color": "no such"}`:                     "bg_color",
		`{"bg_type": "image"}`:                                            "bg_image_url",
		`{"bg_type": "image", "bg_image_url": "http://169.254.169.254/"}`: "bg_image_url",
		`{"bg_type": "image", "bg_image_url": "URL/v1/uploads/vid_0123456789abcdef"}`: "background",
		`{"background": {}}`:                                      "type",
		`{"background": {"type": "none"}}`:                        "background.type",
		`{"background": "green"}`:                                 "background",
		`{"background": {"type": "color"}}`:                       "background.color",
		`{"background": {"type": "image"}}`:                       "background.image_url",
		`{"background": {"type": "video", "video_url": "x"}}`:     "background.video_url",
		`{"composition": {"canvas": {"width": 100}}}`:             "height",
		`{"composition": {"canvas": {"width": 1, "height": 9}}}`:  "composition.canvas.width",
		`{"composition": {"foreground": {"anchor": "left-ish"}}}`: "anchor",
		`{"composition": {"foreground": {"scale": 11}}}`:          "scale",
		`{"text_prompt": "the dog"}`:                              "text_prompt",
		`{"text_prompt": "the dog", "model": "pro"}`:              "text_prompt",
		`{"preview_duration": -1}`:                                "preview_duration",
		`{"preview_duration": 1e300}`:                             "preview_duration",
		`{"webhook_url": "http://localhost/"}`:                    "webhook_url",
		`{"webhook_url": "x"}`:                                    "webhook_url",
		`{"metadata": []}`:                                        "metadata",
		`{"metadata": {"a": "\u0000"}}`:                           "metadata",
		`{"auto_start": "no"}`:                                    "auto_start",
	}
	for text, names := range tests {
		var body object
		if err := json.Unmarshal([]byte(strings.ReplaceAll(text, "URL", h.url)), &body); err != nil {
			t.Fatal(err)
		}
		if _, given := body["video_url"]; !given {
			body["video_url"] = "https://example.com/clip.mp4"
		}
		if message := h.refused(400, "invalid_request", "POST", "/v1/jobs", body); !strings.Contains(message, names) {
			t.Errorf("%s: %q does not name %s", text, message, names)
		}
	}
	if list := h.ok("GET", "/v1/jobs", nil); list["total"] != 0.0 {
		t.Errorf("there are %v jobs of refused orders", list["total"])
	}
	long := strings.Repeat("a", 9000)
	h.refused(400, "invalid_request", "POST", "/v1/jobs", object{"video_url": "https://example.com/", "metadata": object{"a": long}})
}

func TestBodiesThatAreNone(t *testing.T) {
	h := newHouse(t)
	for _, body := range []string{"", "{", "[]", "null", `"text"`, "video_url=x", "\xff\xfe", strings.Repeat("[", 100_000), `{"video_url": "https://example.com/"} {}`, `{"a":"` + strings.Repeat("a", 1<<20) + `"}`} {
		answer := h.send("POST", "/v1/jobs", strings.NewReader(body), "X-Api-Key", h.key)
		if code, _ := answer.fault(t); answer.status != 400 || code != "invalid_request" {
			t.Errorf("%.20q: %d %s", body, answer.status, answer.body)
		}
	}
	// curl -d says that it sends a form.
	answer := h.send("POST", "/v1/jobs", strings.NewReader(`{"video_url": "https://example.com/clip.mp4"}`), "X-Api-Key", h.key,
		"Content-Type", "application/x-www-form-urlencoded", "Accept", "text/html")
	if answer.status != 200 || answer.header.Get("Content-Type") != "application/json" {
		t.Errorf("%d %s", answer.status, answer.body)
	}
}

// A body that breaks off, or that is not what its header says, is the caller's fault.
func TestBodiesThatBreakOff(t *testing.T) {
	h := newHouse(t)
	for name, rest := range map[string]string{
		"bad chunk": "Transfer-Encoding: chunked\r\n\r\nxyz\r\n", "no end": "Content-Length: 100\r\nConnection: close\r\n\r\n{",
	} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(h.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		io.WriteString(conn, "POST /v1/jobs HTTP/1.1\r\nHost: a\r\nX-Api-Key: "+h.key+"\r\n"+rest)
		conn.(*net.TCPConn).CloseWrite()
		answer, err := io.ReadAll(conn)
		if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 400 ") || !strings.Contains(string(answer), "did not arrive whole") {
			t.Errorf("%s: %v %s", name, err, answer)
		}
	}
	if strings.Contains(h.log.String(), "operation failed") {
		t.Errorf("the log: %s", h.log.String())
	}
}

// Whatever is written for a colour, it is one or a fault that names the field.
func FuzzColor(f *testing.F) {
	for _, seed := range []string{`"#00ff00"`, `"green"`, `[0,1,0]`, `[255,0,0]`, `[1e999,0,0]`, `null`, `[null,1,1]`, `{}`, `"`, `[0.5,0.5]`, `[-0,1,1]`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		_, err := color(text).read("bg_color")
		if err != nil && (mattebox.CodeOf(err) != mattebox.CodeInvalid || !strings.Contains(err.Error(), "bg_color")) {
			t.Errorf("%q: %v", text, err)
		}
	})
}
