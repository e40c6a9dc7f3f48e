package work

import (
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"mattebox"
)

// maxName is the longest name of a result in bytes, extension included.
const maxName = 120

// noName is a result's name when neither order nor source gives one.
const noName = "image"

// ResultName returns the name of an image's result: the ordered one, else that of
// the first source's address, with the extension of the template's format. It is
// safe as one element of a path and in a header: letters, digits, '.', '-' and '_'
// only, at most 120 bytes, and never begins with a dot or a hyphen.
func ResultName(i *mattebox.Image) string {
	stem := stem(i.OutputName)
	if stem == "" && len(i.Sources) > 0 {
		stem = sourceStem(i.Sources[0].URL)
	}
	if stem == "" {
		stem = noName
	}
	return stem + "." + i.Template.Format.Extension()
}

// layerNames returns what the sources' layers are called: their files' names.
func layerNames(sources []mattebox.Source) []string {
	names := make([]string, len(sources))
	for i, s := range sources {
		names[i] = sourceStem(s.URL)
	}
	return names
}

func sourceStem(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return stem(u.Path) // decoded
}

// stem returns the last element of a name without a picture's extension, made safe.
func stem(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	if ext := path.Ext(name); slices.Contains(pictureExtensions(), strings.ToLower(ext)) {
		name = strings.TrimSuffix(name, ext)
	}
	var b strings.Builder
	for _, r := range name {
		switch {
		case r == utf8.RuneError:
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r), strings.ContainsRune(".-_", r):
			b.WriteRune(r)
		case !strings.HasSuffix(b.String(), "_"):
			b.WriteByte('_')
		}
	}
	return trim(cut(b.String(), maxName-len(".jpeg")))
}

// trim takes away what a name may not begin or end with: what hides files, looks
// like an option or vanishes on some systems.
func trim(name string) string {
	name = strings.TrimLeftFunc(name, func(r rune) bool { return strings.ContainsRune(".-_", r) || unicode.IsMark(r) })
	return strings.TrimRight(name, ".-_")
}

// cut shortens text to so many bytes, between characters.
func cut(text string, most int) string {
	for len(text) > most {
		_, size := utf8.DecodeLastRuneInString(text)
		text = text[:len(text)-size]
	}
	return text
}

func pictureExtensions() []string {
	return []string{".jpg", ".jpeg", ".png", ".tif", ".tiff", ".psd", ".webp", ".avif", ".heic", ".heif", ".gif", ".bmp"}
}
