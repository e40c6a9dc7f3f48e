package soap

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// unicodeForm is how a message's text is put into bytes.
type unicodeForm string

const (
	utf8Form  unicodeForm = "UTF-8"
	utf16Form unicodeForm = "UTF-16"
)

// formOf returns the form that a charset parameter or an XML declaration names.
func formOf(label string) (unicodeForm, bool) {
	switch strings.ToLower(strings.TrimSpace(label)) {
	case "utf-8", "utf8", "us-ascii", "ascii": // ASCII is a part of UTF-8
		return utf8Form, true
	case "utf-16", "utf-16le", "utf-16be", "utf16", "unicode": // the last is .NET's
		return utf16Form, true
	}
	return "", false
}

// text is a message as UTF-8, and what it came as.
type text struct {
	data []byte
	form unicodeForm
	told bool // by a charset parameter or a byte order mark, which beat the XML declaration (RFC 7303, 3)
}

// decode turns a message into UTF-8. Its form is told by the byte order mark, else by the
// first character, which is always "<" or white space (XML 1.0, appendix F). A
// charset parameter, empty when there is none, that says otherwise is refused: whoever
// checked the message before us may have read another one.
func decode(data []byte, charset string) (text, *fault) {
	t := text{form: utf8Form}
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		data, t.told = data[3:], true
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		data, order, t.told = data[2:], binary.LittleEndian, true
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		data, order, t.told = data[2:], binary.BigEndian, true
	case len(data) > 1 && data[0] != 0 && data[1] == 0:
		order = binary.LittleEndian
	case len(data) > 1 && data[0] == 0 && data[1] != 0:
		order = binary.BigEndian
	}
	if order != nil {
		t.form = utf16Form
	}
	if charset != "" {
		form, known := formOf(charset)
		if !known {
			return t, sender("The charset %.40q is not supported; send UTF-8 or UTF-16.", charset)
		}
		if form != t.form {
			return t, sender("The message is in %s, but its charset says %s.", t.form, form)
		}
		t.told = true
	}
	if order != nil {
		var whole bool
		if data, whole = fromUTF16(data, order); !whole {
			return t, sender("The message is not UTF-16.")
		}
	}
	if !utf8.Valid(data) {
		return t, sender("The message is not UTF-8.")
	}
	t.data = data
	return t, nil
}

// fromUTF16 returns the text as UTF-8, unless it has half a character.
func fromUTF16(data []byte, order binary.ByteOrder) ([]byte, bool) {
	if len(data)%2 != 0 {
		return nil, false
	}
	out := make([]byte, 0, len(data))
	for len(data) > 0 {
		r := rune(order.Uint16(data))
		data = data[2:]
		if utf16.IsSurrogate(r) {
			if len(data) < 2 {
				return nil, false
			}
			if r = utf16.DecodeRune(r, rune(order.Uint16(data))); r == utf8.RuneError {
				return nil, false
			}
			data = data[2:]
		}
		out = utf8.AppendRune(out, r)
	}
	return out, true
}

// declares returns the encoding that an XML declaration names, given what stands
// between <?xml and ?>.
func declares(declaration string) string {
	_, rest, found := strings.Cut(declaration, "encoding")
	if !found {
		return ""
	}
	rest = strings.TrimLeft(rest, " \t\r\n")
	rest = strings.TrimLeft(strings.TrimPrefix(rest, "="), " \t\r\n")
	if rest == "" {
		return ""
	}
	label, _, _ := strings.Cut(rest[1:], rest[:1])
	return label
}
