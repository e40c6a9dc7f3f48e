package main

import (
	"context"
	"net/http"
	"path/filepath"
	"time"

	"mattebox"
	videoapi "mattebox/api/video"
	"mattebox/httpd"
	"mattebox/imaging"
	"mattebox/video"
)

// VideoAPIFlags say what clients of the video API may do.
type VideoAPIFlags struct {
	VideoRate      string `help:"Requests that one key of the video API may make in a minute; as many at once. Default: ${default}." env:"MATTEBOX_VIDEO_RATE" default:"600" placeholder:"N"`
	VideoMaxUpload string `help:"Largest upload of the video API. Default: ${default}." env:"MATTEBOX_VIDEO_MAX_UPLOAD" default:"500MB" placeholder:"SIZE"`
	VideoMaxStored string `help:"All uploads of an account together, until --keep-uploads removes them. Default: ${default}." env:"MATTEBOX_VIDEO_MAX_STORED" default:"50GB" placeholder:"SIZE"`

	// By the environment only: arguments can be seen by everybody on the machine.
	AdminToken     string `hidden:"" env:"MATTEBOX_ADMIN_TOKEN"`
	VideoLegacyKey string `hidden:"" env:"MATTEBOX_VIDEO_LEGACY_KEY"`
}

// videoSettings are the values of VideoAPIFlags.
type videoSettings struct {
	rate       int
	maxUpload  int64
	maxStored  int64  // of an account
	adminToken string // empty: no administrator
	legacyKey  string // empty: /api needs a key
}

// leastToken is how many characters keep a token from being guessed.
const leastToken = 16

func (c *VideoAPIFlags) read(r settingReader) videoSettings {
	s := videoSettings{
		rate: r.number("--video-rate", c.VideoRate, 1, 1_000_000), maxUpload: r.bytes("--video-max-upload", c.VideoMaxUpload),
		maxStored:  r.bytes("--video-max-stored", c.VideoMaxStored),
		adminToken: c.AdminToken, legacyKey: c.VideoLegacyKey,
	}
	if s.adminToken != "" && len(s.adminToken) < leastToken {
		r.add("--admin-token", "($MATTEBOX_ADMIN_TOKEN) has %d characters; use at least %d", len(s.adminToken), leastToken)
	}
	return s
}

// videoEdge is the video API.
func (s *service) videoEdge() (http.Handler, error) {
	version, _, _ := buildVersion()
	looker := &looker{places: make(chan struct{}, looksAtATime), limits: video.DefaultLimits()}
	looker.limits.Bytes = s.settings.video.maxUpload
	parts, err := s.openParts()
	if err != nil {
		return nil, err
	}
	return videoapi.New(videoapi.Config{
		Keys: s.records, Jobs: s.records, Uploads: s.records, Usage: s.records, Answers: s.records, Accounts: s.records,
		Blobs: s.blobs, Open: s.openVideo, Intake: s.intake(), Links: s.links(), Now: s.now,
		Sniff: sniffUpload, Look: looker.look, CheckURL: s.guard.CheckURL, Prices: s.settings.prices, Currency: s.settings.currency,
		Temp: s.scratch.dir, Parts: parts, MaxUpload: s.settings.video.maxUpload, MaxStored: s.settings.video.maxStored, Rate: s.settings.video.rate,
		AdminToken: s.settings.video.adminToken, LegacyKey: s.settings.video.legacyKey, Version: version,
		RequestID: httpd.RequestID, Logger: s.log,
	})
}

// partsName is the folder in the data folder of uploads that come in pieces. Unlike
// scratch it outlives the process.
const partsName = "uploads"

// openParts opens that folder, and has what is abandoned removed from it.
func (s *service) openParts() (*videoapi.Parts, error) {
	parts, err := videoapi.OpenParts(videoapi.PartsConfig{Dir: filepath.Join(s.data, partsName), Now: s.now, Logger: s.log})
	if err != nil {
		return nil, err
	}
	parts.Start(context.Background())
	s.atEnd("open uploads", func(context.Context) error { parts.Stop(); return nil })
	return parts, nil
}

// largeBody is httpd.Limits.Large.
func (s *service) largeBody(r *http.Request) int64 {
	return videoapi.LargeBody(r, s.settings.video.maxUpload)
}

func (s *service) openVideo(ctx context.Context, key string) (videoapi.File, error) {
	blob, err := s.blobs.Get(ctx, key)
	if err != nil {
		return videoapi.File{}, err
	}
	return videoapi.File{ReadSeekCloser: blob, Size: blob.Size, Modified: blob.Modified}, nil
}

const (
	// looksAtATime bounds the programs that look at uploads: they read files, and
	// decode nothing.
	looksAtATime = 4
	// lookWait is how long an upload waits for one of them.
	lookWait = 30 * time.Second
)

// looker looks at clips that have come in. ffprobe does it, in a process of its own.
type looker struct {
	places chan struct{}
	limits video.Limits
}

// look is videoapi.Config.Look. A host without ffprobe leaves the look to the workers,
// and so does one whose places are taken for long: clips that are slow to look at keep
// no others waiting.
func (l *looker) look(ctx context.Context, path string) (*mattebox.Clip, error) {
	enough := time.NewTimer(lookWait)
	defer enough.Stop()
	select {
	case l.places <- struct{}{}:
		defer func() { <-l.places }()
	case <-enough.C:
		return nil, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	info, err := video.Probe(ctx, path, l.limits)
	if mattebox.CodeOf(err) == mattebox.CodeUnavailable {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &mattebox.Clip{
		Container: info.Container, Codec: info.Codec, Width: info.Width, Height: info.Height, Duration: info.Duration, Frames: info.Frames,
		HasAlpha: info.HasAlpha, HasSound: info.HasSound,
	}, nil
}

// sniffUpload says what an upload is by its first bytes: a clip, or a picture that a
// background may be.
func sniffUpload(head []byte) (videoapi.Kind, error) {
	if format, err := imaging.Sniff(head); err == nil && (format == imaging.JPEG || format == imaging.PNG || format == imaging.WebP) {
		return videoapi.Kind{MediaType: "image/" + string(format), Extension: string(format)}, nil
	}
	container, err := video.Sniff(head)
	if err != nil {
		return videoapi.Kind{}, err
	}
	return videoapi.Kind{MediaType: clipType(container), Extension: container, Clip: true}, nil
}

// clipType is the MIME type of a container (contracts D1).
func clipType(container string) string {
	switch container {
	case "mov":
		return "video/quicktime"
	case "mkv":
		return "video/x-matroska"
	case "avi":
		return "video/x-msvideo"
	}
	return "video/" + container
}
