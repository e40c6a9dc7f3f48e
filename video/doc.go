// Package video is the door to ffmpeg and ffprobe: it is where clips become frames
// and frames become clips. It knows nothing of mattes.
//
// A clip goes through the room in steps that can run apart from each other, on
// other machines and again after a crash:
//
//	Probe      says what a file is, refuses what is no clip or too large, and
//	           finds the key frames; Info.Segments cuts there
//	NewReader  decodes one span into upright frames of straight RGBA samples,
//	           each with its time
//	NewWriter  encodes frames into one segment, already in the codec of the
//	           final format (GIF and WebP: lossless), so that the costly part is
//	           spread over segments
//	Join       puts segments one behind the other, with the sound of the source
//
// The same frames and options give the same bytes, so a segment that is made
// twice is made alike. A file appears under its name only when it is complete.
//
// Programs are started without a shell, with the demuxer that the file's own
// first bytes name, with no protocol but local files and pipes, in a process group of
// their own that the kernel ends with its parent; a context that ends takes them
// along at once. Nothing is kept in memory but the frames in hand.
//
// All times count from the start of the container, which is where its earliest
// stream begins. Errors that a user can act on are *mattebox.Error.
package video
