package video

import (
	"slices"
	"strconv"
)

// hasSound reports whether sound goes into the result.
func (j *joiner) hasSound() bool {
	return j.Source != "" && j.Info != nil && j.Info.Sound != nil && j.format.HasSound()
}

// sound are the arguments that open the source for its sound, as input 1. Of a clip
// that goes on behind the last segment the sound ends with it.
func (j *joiner) sound() []string {
	if !j.hasSound() {
		return nil
	}
	args := guards(j.Info.kind())
	if j.cut() {
		args = append(args, "-t", strconv.FormatFloat(j.end().Seconds(), 'f', 6, 64))
	}
	return append(args, "-i", local(j.Source))
}

// cut reports whether the segments end before the clip does.
func (j *joiner) cut() bool {
	return j.end() < j.Info.Duration-j.Info.Rate.Frame()/2
}

// soundCodec are the arguments that map the sound of input 1 and copy or encode
// it.
func (j *joiner) soundCodec() []string {
	if !j.hasSound() {
		return nil
	}
	args := []string{"-map", "1:" + strconv.Itoa(j.Info.Sound.Stream)}
	if slices.Contains(j.format.sounds(), j.Info.Sound.Codec) {
		return append(args, "-c:a", "copy")
	}
	// Opus and AAC know no more channels than eight.
	channels := strconv.Itoa(min(j.Info.Sound.Channels, 8))
	if j.format == WebM {
		return append(args, "-c:a", "libopus", "-b:a", "128k", "-ar", "48000", "-mapping_family", j.opusFamily(), "-ac", channels)
	}
	return append(args, "-c:a", "aac", "-b:a", "192k", "-ac", channels)
}

// opusFamily: mapping family 0 is for one and two channels, 1 for more (RFC 7845,
// section 5.1.1).
func (j *joiner) opusFamily() string {
	if j.Info.Sound.Channels > 2 {
		return "1"
	}
	return "0"
}

// sounds lists the codecs that the format's files hold and players expect there.
func (f Format) sounds() []string {
	switch f {
	case WebM:
		return []string{"opus", "vorbis"}
	case MOV:
		return []string{"aac", "mp3", "alac", "ac3", "pcm_s16le", "pcm_s24le", "pcm_s16be", "pcm_s24be"}
	}
	return []string{"aac", "mp3", "ac3"}
}

// soundFile returns the name and the muxer of the sound in a PNG sequence.
func (j *joiner) soundFile() (name, muxer string) {
	return "sound.m4a", "ipod"
}
