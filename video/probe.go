package video

import (
	"context"
	"path/filepath"
	"strings"
	"time"

	"mattebox"
)

// The time and the bytes that looking at a clip may take.
const (
	probeTime   = 2 * time.Minute
	description = 8 << 20
)

// Probe says what the clip at path is. It reads the whole file, but decodes
// nothing. What is no clip, has no video in a known codec or exceeds the limits
// is refused with a CodeInvalid or CodeTooLarge error; cheap checks go first.
func Probe(ctx context.Context, path string, limits Limits) (*Info, error) {
	kind, size, err := sniffFile(path)
	if err != nil {
		return nil, err
	}
	if err := limits.checkBytes(size); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, probeTime,
		mattebox.Errorf(mattebox.CodeInvalid, "the clip takes more than %s to look at; it is damaged", probeTime))
	defer cancel()
	args := append(input(kind, path), "-show_format", "-show_streams", "-of", "json")
	text, err := capture(ctx, "ffprobe", args, description)
	if err != nil {
		return nil, err
	}
	info, err := parse(text, kind)
	if err != nil {
		return nil, err
	}
	info.Bytes = size
	if err := limits.checkSize(info.Width, info.Height); err != nil {
		return nil, err
	}
	if err := limits.checkLength(info.Duration, info.Frames); err != nil {
		return nil, err
	}
	return info, measure(ctx, info, append(input(kind, path), packetArgs(info.Track.Stream)...), limits)
}

// input returns the arguments that open a local file and nothing else: the demuxer
// is named, so that no playlist is followed, and only files and pipes are spoken to.
func input(kind container, path string) []string {
	return append(guards(kind), "-i", local(path))
}

// guards come in front of -i.
func guards(kind container) []string {
	return []string{
		"-v", "error", "-protocol_whitelist", "file,pipe", "-format_whitelist", formatNames(kind.demuxer),
		"-f", kind.demuxer,
	}
}

// formatNames is how ffmpeg's demuxers call themselves, which the white list is
// compared with.
func formatNames(demuxer string) string {
	switch demuxer {
	case "mov":
		return "mov,mp4,m4a,3gp,3g2,mj2"
	case "matroska":
		return "matroska,webm"
	}
	return demuxer
}

// local returns the path as an address that cannot be taken for another protocol
// or for a flag.
func local(path string) string {
	if absolute, err := filepath.Abs(path); err == nil {
		path = absolute
	}
	return "file:" + path
}

// kindOf returns the container that Probe found.
func (i *Info) kind() container {
	switch i.Container {
	case "mp4", "mov":
		return container{i.Container, "mov"}
	case "webm", "mkv":
		return container{i.Container, "matroska"}
	}
	return container{i.Container, strings.ToLower(i.Container)}
}
