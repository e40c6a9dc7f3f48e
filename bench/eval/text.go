package main

import (
	"image/color"
	"unicode"
)

// glyphs are letters of 3 x 5 dots, row by row from the top left; the sheet needs
// no better, and so needs no font module.
func glyphs() map[rune]string {
	return map[rune]string{
		'0': "111101101101111", '1': "010110010010111", '2': "111001111100111", '3': "111001111001111",
		'4': "101101111001001", '5': "111100111001111", '6': "111100111101111", '7': "111001010010010",
		'8': "111101111101111", '9': "111101111001111",
		'A': "010101111101101", 'B': "110101110101110", 'C': "011100100100011", 'D': "110101101101110",
		'E': "111100110100111", 'F': "111100110100100", 'G': "011100101101011", 'H': "101101111101101",
		'I': "111010010010111", 'J': "001001001101010", 'K': "101101110101101", 'L': "100100100100111",
		'M': "101111111101101", 'N': "110101101101101", 'O': "010101101101010", 'P': "110101110100100",
		'Q': "010101101110011", 'R': "110101110101101", 'S': "011100010001110", 'T': "111010010010010",
		'U': "101101101101111", 'V': "101101101101010", 'W': "101101111111101", 'X': "101101010101101",
		'Y': "101101010010010", 'Z': "111001010100111",
		'.': "000000000000010", '-': "000000111000000", '_': "000000000000111",
	}
}

// dot is the side of a glyph's dot in pixels.
const dot = 2

// text writes one line in capitals, cut at the width of a thumbnail.
func (sheet contactSheet) text(left, top int, text string) {
	font := glyphs()
	ink := color.RGBA{A: 255}
	for i, letter := range text {
		x := left + i*4*dot
		if x+3*dot > left+sheet.side {
			return
		}
		for k, on := range font[unicode.ToUpper(letter)] {
			if on == '0' {
				continue
			}
			for d := range dot * dot {
				sheet.SetRGBA(x+k%3*dot+d%dot, top+k/3*dot+d/dot, ink)
			}
		}
	}
}
