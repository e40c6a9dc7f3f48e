package billing

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/text/unicode/norm"
)

// colour is red, green, blue.
type colour [3]int

// Colours of the page. Grey on white has a contrast of 5.9, above the 4.5 that
// WCAG 2.2 asks of text.
const (
	ink = iota
	grey
	green
)

func colours() []colour { return []colour{{24, 28, 33}, {96, 102, 110}, {20, 125, 70}} }

// text sets the style, size in points and colour of what is written next.
func (s *sheet) text(style string, size float64, colour int) {
	s.SetFont("go", style, size)
	c := colours()[colour]
	s.SetTextColor(c[0], c[1], c[2])
}

// right writes a line that ends at the right margin.
func (s *sheet) right(y float64, text string) {
	s.SetXY(margin, y)
	s.CellFormat(contentWidth, 0, s.glyphs.clean(text), "", 0, "R", false, 0, "")
}

// paragraph writes text below what is there, over at most so many lines.
func (s *sheet) paragraph(x, width float64, text string, most int, height float64) {
	for _, line := range s.wrap(text, width, most) {
		s.SetXY(x, s.y)
		s.CellFormat(width, height, line, "", 0, "L", false, 0, "")
		s.y += height
	}
}

// wrap breaks text into lines of the width, between words where it can, and ends
// the last of more than most lines with an ellipsis.
func (s *sheet) wrap(text string, width float64, most int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(s.glyphs.clean(text)) {
		if joined := strings.TrimSpace(line + " " + word); s.GetStringWidth(joined) <= width {
			line = joined
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		parts := s.chop(word, width)
		lines = append(lines, parts[:len(parts)-1]...)
		line = parts[len(parts)-1]
	}
	if line != "" {
		lines = append(lines, line)
	}
	if len(lines) <= most {
		return lines
	}
	last := lines[most-1]
	for last != "" && s.GetStringWidth(last+"…") > width {
		_, size := utf8.DecodeLastRuneInString(last)
		last = last[:len(last)-size]
	}
	return append(lines[:most-1], last+"…")
}

// chop cuts a word into pieces of the width; one piece at least.
func (s *sheet) chop(word string, width float64) []string {
	var parts []string
	for s.GetStringWidth(word) > width && utf8.RuneCountInString(word) > 1 {
		end := 0
		for at := range word {
			if at > 0 && s.GetStringWidth(word[:at]) > width {
				break
			}
			end = at
		}
		if end == 0 {
			_, end = utf8.DecodeRuneInString(word)
		}
		parts, word = append(parts, word[:end]), word[end:]
	}
	return append(parts, word)
}

// glyphs knows which characters the fonts have. The regular and the bold font have
// the same ones.
type glyphs struct{ font *sfnt.Font }

func loadGlyphs(ttf []byte) (*glyphs, error) {
	font, err := sfnt.Parse(ttf)
	if err != nil {
		return nil, fmt.Errorf("read the font: %w", err)
	}
	return &glyphs{font}, nil
}

// missing stands for a character that the fonts lack.
const missing = '□'

// maxClean is how much of one text is looked at, in bytes: more never fits.
const maxClean = 4000

// clean returns text in composed characters, all of which the fonts have. White
// space becomes plain spaces; control and formatting characters, which could turn
// the text's direction around, go.
func (g *glyphs) clean(text string) string {
	var buffer sfnt.Buffer
	var out strings.Builder
	if len(text) > maxClean {
		text = text[:maxClean]
	}
	for _, r := range norm.NFC.String(strings.ToValidUTF8(text, string(missing))) {
		index, err := g.font.GlyphIndex(&buffer, r)
		switch {
		case unicode.IsSpace(r):
			out.WriteByte(' ')
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
		case err != nil || index == 0:
			out.WriteRune(missing)
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}

func number(n int64) string { return strconv.FormatInt(n, 10) }
