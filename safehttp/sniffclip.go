package safehttp

import "slices"

// sniff is the kind's: the media type by the first bytes of a file, or why the file
// is refused.
func (k Kind) sniff(head []byte) (mediaType, refusal string) {
	if k == Clip {
		return sniffClip(head)
	}
	return sniff(head)
}

// word is what messages call the kind.
func (k Kind) word() string {
	if k == Clip {
		return "video"
	}
	return "picture"
}

func (k Kind) refusal() Class {
	if k == Clip {
		return ClassNotClip
	}
	return ClassNotPicture
}

// sniffClip is sniff for films. It keeps out what is clearly something else; who
// opens the file looks closer.
func sniffClip(head []byte) (mediaType, refusal string) {
	switch {
	case len(head) == 0:
		return "", "the server's answer is empty"
	case has(head, "\x1aE\xdf\xa3"):
		return "video/x-matroska", ""
	case has(head, "RIFF") && len(head) >= 11 && string(head[8:11]) == "AVI":
		return "video/x-msvideo", ""
	case len(head) >= 12 && pictureType(head) == "" && slices.Contains([]string{"ftyp", "moov", "mdat", "wide", "free", "skip", "pnot"}, string(head[4:8])):
		return "video/mp4", ""
	}
	what := "of a kind that is not known"
	if pictureType(head) != "" {
		what = "a picture"
	} else if name := foreign(head); name != "" {
		what = name
	}
	return "", "the file is " + what + "; send a video as mp4, mov, webm, mkv or avi"
}
