package video

import (
	"fmt"
	"strconv"
)

// recipe says how a format's segments and its final file are made.
type recipe struct {
	segment string // ffmpeg's muxer of a segment
	encode  func(WriterOptions) []string
	even    bool // chroma is shared by 2x2 pixels, so the size must be even
	planes  bool // colour and alpha are encoded apart
}

// lossless is the muxer of segments that are encoded again.
const lossless = "nut"

// recipes lists the formats.
func recipes() map[Format]recipe {
	return map[Format]recipe{
		WebM:         {segment: "webm", encode: vp9},
		MOV:          {segment: "mov", encode: prores},
		MP4:          {segment: "mp4", encode: h264, even: true},
		GIF:          {segment: lossless, encode: ffv1},
		WebP:         {segment: lossless, encode: ffv1},
		PNGSequence:  {segment: "image2pipe", encode: pngFrames},
		StackedVideo: {segment: "mp4", encode: h264, even: true, planes: true},
		ProBundle:    {segment: "mp4", encode: h264, even: true, planes: true},
	}
}

// toYUV brings RGB to the matrix that all outputs are marked with.
const toYUV = "scale=out_color_matrix=bt709:out_range=tv:flags=bicubic+accurate_rnd+full_chroma_int"

// marks say which colours the samples are: those of sRGB's primaries in BT.709.
func marks() []string {
	return []string{"-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv"}
}

// keyEvery is the greatest distance of key frames, in frames: two seconds, as
// players seek.
func keyEvery(r Rate) string {
	return strconv.Itoa(min(300, max(12, int(2*r.Float()+.5))))
}

// vp9: libvpx can carry alpha only without alternate references.
func vp9(o WriterOptions) []string {
	format := "yuva420p"
	if o.Opaque {
		format = "yuv420p"
	}
	args := []string{
		"-vf", toYUV + ",format=" + format, "-c:v", "libvpx-vp9", "-pix_fmt", format,
		"-crf", "22", "-b:v", "0", "-deadline", "realtime", "-cpu-used", "6", "-row-mt", "1",
		"-auto-alt-ref", "0", "-lag-in-frames", "0", "-g", keyEvery(o.Rate),
	}
	if !o.Opaque {
		args = append(args, "-metadata:s:v:0", "alpha_mode=1")
	}
	return append(args, marks()...)
}

func prores(o WriterOptions) []string {
	format := "yuva444p10le"
	if o.Opaque {
		format = "yuv444p10le"
	}
	return append([]string{
		"-vf", toYUV + ",format=" + format, "-c:v", "prores_ks", "-profile:v", "4444", "-pix_fmt", format,
		"-vendor", "apl0", "-alpha_bits", "8",
	}, marks()...)
}

// h264 encodes colour, and alpha as grey where the format holds it apart.
func h264(o WriterOptions) []string {
	color, alpha := toYUV+",format=yuv420p", "alphaextract,scale=in_range=pc:out_range=tv,format=yuv420p"
	if cut := o.evenCut(); cut != "" {
		color, alpha = cut+","+color, cut+","+alpha
	}
	var args []string
	switch o.Format {
	case StackedVideo:
		args = []string{"-filter_complex", fmt.Sprintf("[0:v]split[c][a];[c]%s[top];[a]%s[below];[top][below]vstack[v]", color, alpha), "-map", "[v]"}
	case ProBundle:
		args = []string{"-filter_complex", fmt.Sprintf("[0:v]split[c][a];[c]%s[color];[a]%s[alpha]", color, alpha), "-map", "[color]", "-map", "[alpha]"}
	default:
		args = []string{"-vf", color}
	}
	args = append(args, "-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-pix_fmt", "yuv420p",
		"-g", keyEvery(o.Rate), "-bf", o.bFrames(), "-video_track_timescale", strconv.FormatInt(o.timescale(), 10))
	return append(args, marks()...)
}

// bFrames: on a clock of irregular steps reordered frames get times of decoding
// that overlap those of the segment before.
func (o WriterOptions) bFrames() string {
	if o.VariableRate {
		return "0"
	}
	return "2"
}

// evenCut returns the filter that cuts an odd row or column off.
func (o WriterOptions) evenCut() string {
	if o.Width%2 == 0 && o.Height%2 == 0 {
		return ""
	}
	return fmt.Sprintf("crop=%d:%d:0:0", o.Width&^1, o.Height&^1)
}

// ffv1 is lossless and every frame stands alone: GIF and WebP are made of the
// whole clip at the end.
func ffv1(WriterOptions) []string {
	return []string{"-c:v", "ffv1", "-level", "3", "-g", "1", "-slicecrc", "0", "-pix_fmt", "bgra"}
}

func pngFrames(o WriterOptions) []string {
	format := "rgba"
	if o.Opaque {
		format = "rgb24"
	}
	return []string{"-c:v", "png", "-compression_level", "4", "-pred", "up", "-pix_fmt", format}
}
