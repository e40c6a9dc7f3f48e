package video

import (
	"context"
	"errors"
	"strings"

	"mattebox"
)

// fault makes of a program's end what its caller can act on: nil when it ended
// well, the context's reason when that ended it, and otherwise a mattebox.Error
// with what the program said as its cause.
func fault(ctx context.Context, err error, words *tail) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	}
	var known *mattebox.Error
	if errors.As(err, &known) {
		return err
	}
	said := words.String()
	if said != "" {
		err = errors.New(err.Error() + ": " + said)
	}
	code, message := classify(said)
	return mattebox.Wrap(code, err, "%s", message)
}

// classify words what ffmpeg and ffprobe say of the faults that are not ours.
func classify(said string) (mattebox.Code, string) {
	for _, k := range []struct {
		said    string
		code    mattebox.Code
		message string
	}{
		{"No space left on device", mattebox.CodeUnavailable, "the disk is full"},
		{"Cannot allocate memory", mattebox.CodeTooLarge, "the clip needs more memory than there is"},
		{"Permission denied", mattebox.CodeInternal, "a file of the clip may not be read or written"},
		{"Unknown encoder", mattebox.CodeUnavailable, "this ffmpeg cannot write the format; install a full one (Debian: apt-get install ffmpeg)"},
		{"Unknown decoder", mattebox.CodeUnavailable, "this ffmpeg cannot read the clip's codec; install a full one (Debian: apt-get install ffmpeg)"},
		{"moov atom not found", mattebox.CodeInvalid, "the clip is cut off: its table of contents is missing; send it whole"},
		{"Invalid data found", mattebox.CodeInvalid, "the clip is damaged and cannot be read"},
		{"End of file", mattebox.CodeInvalid, "the clip is cut off; send it whole"},
		{"does not contain any stream", mattebox.CodeInvalid, "the file has no video in it"},
		{"matches no streams", mattebox.CodeInvalid, "the file has no video in it"},
	} {
		if strings.Contains(said, k.said) {
			return k.code, k.message
		}
	}
	return mattebox.CodeInternal, "ffmpeg failed"
}
