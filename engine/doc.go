// Package engine is the road of one picture as one call: the bytes of a
// stranger's file come in, the bytes of a finished picture and a Report go out.
//
//	decode.go      bytes to samples, within limits
//	segment.go     samples to an alpha matte
//	foreground.go  colours of the edge band without the old background
//	compose.go     the template's canvas around the subject
//	encode.go      canvas to a file (psd.go: to a layered one)
//
// Engine.Remove runs the steps in that order and times each. It holds the
// networks, which are loaded once, and the memory budget that all pictures in
// hand share.
package engine
