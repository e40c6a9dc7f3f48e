package video

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
)

// fastestPicture is the rate that players of animated pictures keep to: a GIF's clock
// has hundredths of a second, and delays under two of them are played as ten.
const fastestPicture = 50

// thin returns the filter that leaves frames out of a clip that is too fast.
func (j *joiner) thin() string {
	if j.Segments[0].Rate.Float() <= fastestPicture {
		return ""
	}
	return "fps=" + strconv.Itoa(fastestPicture) + ","
}

// gif goes through the clip twice: for the palette, then for the pictures. Holding
// the frames between the two would take memory without a bound.
func (j *joiner) gif(ctx context.Context) error {
	palette := filepath.Join(j.scratch, "palette.png")
	transparent := "1"
	if j.Segments[0].Opaque {
		transparent = "0"
	}
	// Counting the colours of every pixel would take longer than all the rest; frames
	// next to each other share them.
	sampled := fmt.Sprintf("framestep=%d,scale=w=min(iw\\,480):h=-1:flags=neighbor,", min(max(j.frames()/40, 1), 10))
	args := append(j.pictures(), "-map", "0:v", "-vf", sampled+"palettegen=stats_mode=full:reserve_transparent="+transparent,
		"-update", "1", "-frames:v", "1", "-f", "image2", local(palette))
	if err := run(ctx, args, func(string) {}, j.again); err != nil {
		return err
	}
	args = append(j.pictures(), "-f", "png_pipe", "-i", local(palette),
		"-filter_complex", "[0:v]"+j.thin()+"null[v];[v][1:v]paletteuse=dither=bayer:bayer_scale=4:alpha_threshold=128[out]",
		"-map", "[out]", "-fps_mode", "passthrough", "-enc_time_base", "1/100", "-c:v", "gif",
		"-map_metadata", "-1", "-fflags", "+bitexact", "-loop", "0", "-f", "gif", local(j.part()))
	return j.run(ctx, args)
}

func (j *joiner) webp(ctx context.Context) error {
	args := append(j.pictures(), "-map", "0:v", "-vf", j.thin()+"null", "-fps_mode", "passthrough", "-enc_time_base", "1/1000",
		"-c:v", "libwebp_anim", "-pix_fmt", "bgra", "-lossless", "0", "-quality", "80", "-compression_level", "2",
		"-map_metadata", "-1", "-fflags", "+bitexact", "-loop", "0", "-f", "webp", local(j.part()))
	return j.run(ctx, args)
}
