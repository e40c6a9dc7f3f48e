// Package psd writes layered Photoshop documents: RGB, 8 or 16 bits a channel,
// with layer masks, colour profile, resolution and metadata.
//
// A Document of plain samples goes in, a PSD file streams out of Encode. The
// samples stay where they are: rows are packed twice, once to learn their
// lengths (the format puts every length before the data it counts) and once to
// be written, so the memory needed is a few strips of rows, whatever the size
// of the picture. Both passes use all processors.
//
// Source: Adobe Photoshop File Formats Specification, November 2019. Where it
// is silent the comments name the reader that settles the matter.
package psd
