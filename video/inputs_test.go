package video

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestEveryCodec reads clips of each codec and container that are taken.
func TestEveryCodec(t *testing.T) {
	for _, c := range []struct {
		name, codec string
		encode      []string
	}{
		{"a.mp4", "h264", []string{"-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-g", "10", "-c:a", "aac"}},
		{"a.mov", "hevc", []string{"-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=error:keyint=10", "-tag:v", "hvc1", "-c:a", "aac"}},
		{"a.mkv", "hevc", []string{"-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=error:open-gop=1:keyint=10", "-c:a", "flac"}},
		{"a.webm", "vp8", []string{"-c:v", "libvpx", "-deadline", "realtime", "-auto-alt-ref", "1", "-lag-in-frames", "10", "-g", "10", "-c:a", "libvorbis"}},
		{"b.webm", "vp9", []string{"-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-auto-alt-ref", "1", "-lag-in-frames", "12", "-g", "10", "-c:a", "libopus"}},
		{"b.mp4", "av1", []string{"-c:v", "libsvtav1", "-preset", "12", "-g", "10", "-svtav1-params", "lp=1", "-c:a", "aac"}},
		{"a.avi", "mpeg4", []string{"-c:v", "mpeg4", "-bf", "2", "-g", "10", "-c:a", "libmp3lame"}},
		{"c.avi", "h264", []string{"-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-g", "10", "-c:a", "pcm_s16le"}},
		{"d.avi", "mpeg4", []string{"-c:v", "mpeg4", "-bf", "0", "-g", "10", "-c:a", "pcm_s16le"}},
		{"b.avi", "h264", []string{"-c:v", "libx264", "-preset", "ultrafast", "-bf", "0", "-g", "10", "-c:a", "pcm_s16le"}},
		{"b.mov", "prores", []string{"-c:v", "prores_ks", "-profile:v", "1", "-pix_fmt", "yuv422p10le", "-c:a", "pcm_s16le"}},
		{"b.mkv", "mjpeg", []string{"-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-c:a", "ac3"}},
	} {
		t.Run(c.name+" "+c.codec, func(t *testing.T) {
			if !hasEncoder(c.encode[1]) {
				t.Skipf("this ffmpeg has no %s", c.encode[1])
			}
			path := makeClip(t, c.name, args(pattern("160x120", "25", "1.2"), tone("1.2"), []string{"-pix_fmt", "yuv420p"}, c.encode)...)
			info := mustProbe(t, path)
			if info.Codec != c.codec || info.Container != strings.TrimPrefix(filepath.Ext(c.name), ".") || !info.HasSound || info.HasAlpha {
				t.Errorf("probed as %+v", info)
			}
			if info.Rate != (Rate{25, 1}) || info.VariableRate || info.Frames != 30 || (info.Duration-1200*time.Millisecond).Abs() > 40*time.Millisecond {
				t.Errorf("%d frames at %s (variable: %t) in %s", info.Frames, info.Rate, info.VariableRate, info.Duration)
			}
			all := readAll(t, path, info, ReadOptions{})
			if len(all) != 30 {
				t.Errorf("%d frames decoded: %v", len(all), times(all))
			}
			var parts []frameAt
			for _, s := range info.Segments(300*time.Millisecond, 0) {
				parts = append(parts, readAll(t, path, info, ReadOptions{From: s.From, To: s.To})...)
			}
			same(t, all, parts)
		})
	}
}

func hasEncoder(name string) bool {
	out, err := exec.Command("ffmpeg", "-v", "error", "-encoders").Output()
	return err == nil && strings.Contains(string(out), " "+name+" ")
}

func TestAlphaIsRead(t *testing.T) {
	veil := []string{"-vf", "format=yuva420p,geq=lum='p(X,Y)':a='if(lt(X,W/2),0,200)'"}
	for name, encode := range map[string][]string{
		"a.webm": {"-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-auto-alt-ref", "0"},
		"b.webm": {"-c:v", "libvpx", "-deadline", "realtime", "-auto-alt-ref", "0"},
		"c.mov":  {"-c:v", "prores_ks", "-profile:v", "4444", "-pix_fmt", "yuva444p10le"},
		"d.mov":  {"-c:v", "prores_ks", "-profile:v", "4444", "-pix_fmt", "yuva444p10le", "-alpha_bits", "8"},
	} {
		t.Run(name, func(t *testing.T) {
			path := makeClip(t, name, args(pattern("64x48", "25", "0.2"), veil, encode)...)
			info := mustProbe(t, path)
			if !info.HasAlpha {
				t.Fatalf("probed as %+v", info)
			}
			f := readAll(t, path, info, ReadOptions{})[2]
			left, right := f.Pix[4*(24*64+8)+3], f.Pix[4*(24*64+56)+3]
			if left > 3 || right < 197 || right > 203 {
				t.Errorf("alpha is %d and %d, want 0 and 200", left, right)
			}
		})
	}
}

// TestRotation: a phone held upright stores the picture lying, with a note.
func TestRotation(t *testing.T) {
	lying := makeClip(t, "lying.mp4", args([]string{"-f", "lavfi", "-i", "color=red:size=64x32:rate=25:duration=0.2,drawbox=w=32:h=32:c=blue:t=fill"},
		[]string{"-c:v", "libx264", "-preset", "ultrafast", "-qp", "0", "-pix_fmt", "yuv420p"})...)
	// ffmpeg takes what it is told to note as a turn counter-clockwise.
	for note, degrees := range map[string]int{"270": 90, "180": 180, "90": 270} {
		path := makeClip(t, "turned.mp4", "-i", lying, "-c", "copy", "-metadata:s:v:0", "rotate="+note)
		info := mustProbe(t, path)
		want := [3]int{64, 32, degrees}
		if degrees != 180 {
			want = [3]int{32, 64, degrees}
		}
		if got := [3]int{info.Width, info.Height, info.Rotation}; got != want {
			t.Errorf("rotate=%s: width, height, rotation are %v, want %v", note, got, want)
		}
		f := readAll(t, path, info, ReadOptions{To: info.Rate.Frame()})[0]
		// The blue half of the lying picture was left: a turn by 90 degrees clockwise
		// brings it to the top.
		blueFirst := f.Pix[2] > 128
		if blueFirst != (degrees == 90) {
			t.Errorf("rotate=%s: the first pixel is %v", note, f.Pix[:4])
		}
	}
}

func TestSquarePixels(t *testing.T) {
	path := makeClip(t, "dv.mp4", args(pattern("72x57", "25", "0.2"), []string{"-vf", "setsar=16/15,crop=72:56", "-c:v", "libx264", "-pix_fmt", "yuv420p"})...)
	info := mustProbe(t, path)
	if info.Width != 77 || info.Height != 56 {
		t.Errorf("%dx%d, want 77x56", info.Width, info.Height)
	}
	readAll(t, path, info, ReadOptions{})
}

// variable is a clip whose frames stay for 40, 80, 120 ms and so on, and whose last
// one stays for a second and more.
func variable(t *testing.T, name string, encode ...string) string {
	list := filepath.Join(t.TempDir(), "list.ffconcat")
	var b strings.Builder
	b.WriteString("ffconcat version 1.0\n")
	for n := range 8 {
		still := makeClip(t, "still.png", "-f", "lavfi", "-i", "testsrc2=size=64x48:rate=25,trim=start_frame="+string(rune('0'+n)), "-frames:v", "1")
		length := time.Duration(40*(n%3+1)) * time.Millisecond
		if n == 7 {
			length = 1200 * time.Millisecond
		}
		b.WriteString("file 'file:" + still + "'\nduration " + strings.TrimSuffix(length.String(), "ms") + "ms\n")
		if n == 7 {
			b.WriteString("file 'file:" + still + "'\n")
		}
	}
	text := strings.ReplaceAll(b.String(), "1.2sms", "1200ms")
	if err := os.WriteFile(list, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return makeClip(t, name, args([]string{"-f", "concat", "-safe", "0", "-i", list, "-fps_mode", "vfr", "-enc_time_base", "1/1000"}, encode)...)
}

func TestVariableRateIsKept(t *testing.T) {
	path := variable(t, "variable.mp4", "-c:v", "libx264", "-pix_fmt", "yuv420p", "-g", "3", "-bf", "0")
	info := mustProbe(t, path)
	if !info.VariableRate {
		t.Fatalf("probed as %+v", info)
	}
	want := times(readAll(t, path, info, ReadOptions{}))
	for _, f := range []Format{MP4, WebM, MOV, StackedVideo} {
		out := produce(t, path, info, f, 100*time.Millisecond)
		back := mustProbe(t, out)
		got := times(readAll(t, out, back, ReadOptions{}))
		for n := range got {
			got[n] = got[n].Round(time.Millisecond)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: other times: %s", f, diff)
		}
		if off := (back.Duration - info.Duration).Abs(); off > 2*time.Millisecond {
			t.Errorf("%s: %s long, want %s", f, back.Duration, info.Duration)
		}
	}
}

// TestLatePicture: the sound begins before the picture, and both stay where they were.
func TestLatePicture(t *testing.T) {
	path := makeClip(t, "late.mp4", args(tone("1.4"), []string{"-itsoffset", "0.4"}, pattern("64x48", "25", "1"),
		[]string{"-map", "1:v", "-map", "0:a", "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac", "-fps_mode", "passthrough"})...)
	info := mustProbe(t, path)
	if info.First != 400*time.Millisecond || info.Frames != 25 {
		t.Fatalf("probed as %+v", info)
	}
	for _, f := range []Format{MP4, WebM, MOV} {
		back := mustProbe(t, produce(t, path, info, f, time.Second))
		if (back.First-info.First).Abs() > 20*time.Millisecond || (back.Duration-info.Duration).Abs() > info.Rate.Frame() {
			t.Errorf("%s: from %s to %s, want %s to %s", f, back.First, back.Duration, info.First, info.Duration)
		}
	}
}

// TestHDR: white of HDR at 203 nits (ITU-R BT.2408) is bright, but no glare.
func TestHDR(t *testing.T) {
	for name, transfer := range map[string]string{"pq.mp4": "smpte2084", "hlg.mp4": "arib-std-b67"} {
		path := makeClip(t, name, "-f", "lavfi", "-i", "color=gray:size=64x48:rate=25:duration=0.12", "-vf", "format=yuv420p10le",
			"-color_primaries", "bt2020", "-color_trc", transfer, "-colorspace", "bt2020nc", "-color_range", "tv",
			"-c:v", "libx264", "-x264-params", "colorprim=bt2020:transfer="+transfer+":colormatrix=bt2020nc")
		info := mustProbe(t, path)
		if !info.brilliant() {
			t.Fatalf("%s: probed as %+v", name, info)
		}
		f := readAll(t, path, info, ReadOptions{})[0]
		if p := f.Pix[:4]; p[0] < 90 || p[0] > 245 || max(p[0], p[1], p[2])-min(p[0], p[1], p[2]) > 6 {
			t.Errorf("%s: grey becomes %v", name, p)
		}
	}
}

// TestInterlaced: rows of two times in one frame are brought together.
func TestInterlaced(t *testing.T) {
	path := makeClip(t, "fields.mp4", args(pattern("64x48", "50", "0.4"), []string{"-vf", "tinterlace=mode=interleave_top,fieldorder=tff",
		"-c:v", "libx264", "-flags", "+ilme+ildct", "-pix_fmt", "yuv420p"})...)
	info := mustProbe(t, path)
	if !info.Track.Interlaced {
		t.Fatalf("probed as %+v", info)
	}
	if n := len(readAll(t, path, info, ReadOptions{})); n != info.Frames {
		t.Errorf("%d frames, want %d", n, info.Frames)
	}
}
