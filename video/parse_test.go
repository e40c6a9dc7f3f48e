package video

import (
	"strings"
	"testing"
	"time"

	"mattebox"
)

const described = `{"format":{"start_time":"0.000000","duration":"9.664"},"streams":[
 {"index":0,"codec_name":"png","codec_type":"video","width":9,"height":9,"time_base":"1/1","disposition":{"attached_pic":1}},
 {"index":1,"codec_name":"h264","codec_type":"video","width":1280,"height":720,"sample_aspect_ratio":"1:1","pix_fmt":"yuv420p",
  "color_space":"bt709","field_order":"progressive","r_frame_rate":"30000/1001","avg_frame_rate":"30000/1001","time_base":"1/30000",
  "nb_frames":"289","side_data_list":[{"side_data_type":"Display Matrix","rotation":-90}]},
 {"index":2,"codec_name":"unknown","codec_type":"audio","channels":1},
 {"index":3,"codec_name":"aac","codec_type":"audio","channels":2,"duration":"9.664000"}]}`

func TestParse(t *testing.T) {
	i, err := parse([]byte(described), container{"mp4", "mov"})
	if err != nil {
		t.Fatal(err)
	}
	if i.Track.Stream != 1 || i.Width != 720 || i.Height != 1280 || i.Rotation != 90 || i.Track.Width != 1280 {
		t.Errorf("%+v", i)
	}
	if i.Rate != (Rate{30000, 1001}) || i.Track.TimeBase != (Rate{30000, 1}) || i.Frames != 289 || i.HasAlpha {
		t.Errorf("%+v", i)
	}
	if i.Sound == nil || i.Sound.Stream != 3 || i.Sound.Duration != 9664*time.Millisecond {
		t.Errorf("sound is %+v", i.Sound)
	}
}

func TestParseRefuses(t *testing.T) {
	for said, text := range map[string]string{
		"cannot be read": `{`,
		"no video":       `{"streams":[{"codec_type":"audio","codec_name":"aac","channels":2}]}`,
		"codec":          strings.Replace(described, `"h264"`, `"gif"`, 1),
		"no clock":       strings.Replace(described, `"1/30000"`, `"1/0"`, 1),
	} {
		if _, err := parse([]byte(text), container{"mp4", "mov"}); mattebox.CodeOf(err) != mattebox.CodeInvalid || !strings.Contains(err.Error(), said) {
			t.Errorf("%s: %v", said, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(described))
	f.Add([]byte(`{"streams":[{"codec_type":"video","codec_name":"vp9","time_base":"1/1000","sample_aspect_ratio":"4:3","tags":{"ALPHA_MODE":"1"}}]}`))
	f.Add([]byte(`{"streams":[{"codec_type":"video","codec_name":"vp9","time_base":"1/1000","side_data_list":[{"rotation":1e300}]}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		i, err := parse(text, container{"avi", "avi"})
		if err != nil {
			if mattebox.CodeOf(err) != mattebox.CodeInvalid {
				t.Errorf("%v", err)
			}
			return
		}
		if i.Rotation%90 != 0 || i.Rotation < 0 || i.Rotation >= 360 || !i.Track.TimeBase.Known() || i.Duration < 0 {
			t.Errorf("%+v", i)
		}
		_ = DefaultLimits().checkSize(i.Width, i.Height)
	})
}

func FuzzPackets(f *testing.F) {
	f.Add("0,-2002,1001,K_\n2002,-1001,1001,__\n1001,0,1001,__", int64(30000), int64(1))
	f.Add("N/A,0,1,K_\nN/A,1,1,_D", int64(25), int64(1))
	f.Add("4503599627370496,0,1,K_\n-4503599627370496,0,1,K_", int64(1<<31), int64(1<<31))
	f.Fuzz(func(t *testing.T, text string, num, den int64) {
		base, ok := parseRate(Rate{num, den}.String())
		if !ok {
			return
		}
		i := &Info{Track: track{TimeBase: base}}
		var packets []packet
		for line := range strings.SplitSeq(text, "\n") {
			if p, ok := parsePacket(line); ok {
				packets = append(packets, p)
			}
		}
		if len(packets) == 0 {
			return
		}
		i.settle(packets)
		if !i.Rate.Known() || i.Frames < 1 {
			t.Errorf("%+v", i)
		}
		for _, s := range i.Segments(time.Second, 0) {
			if s.From > s.To && i.Duration >= 0 {
				t.Errorf("the span %v of %+v", s, i)
			}
		}
	})
}

func TestStamp(t *testing.T) {
	for line, want := range map[string]int64{
		"frame:0    pts:30030   pts_time:1.001\n": 30030, "frame:3 pts:-5 pts_time:-0.1\n": -5,
	} {
		if got, ok := parseStamp(line); !ok || got != want {
			t.Errorf("%q is %d (%t)", line, got, ok)
		}
	}
	for _, line := range []string{"t=1\n", "frame:0    pts:NOPTS   pts_time:NOPTS\n", " pts:"} {
		if _, ok := parseStamp(line); ok {
			t.Errorf("%q has a time", line)
		}
	}
}
