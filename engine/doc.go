// Package engine is the road of one picture as one call: the bytes of a
// stranger's file come in, the bytes of a finished picture and a Report go out.
//
//	decode.go      bytes to samples, within limits
//	segment.go     samples to an alpha matte
//	foreground.go  colours of the edge band without the old background
//	join.go        several photographs brought to one depth and profile
//	compose.go     the template's canvas around the subject
//	encode.go      canvas to a file (psd.go: to a layered one), and its thumbnail
//
// Engine.Remove runs the steps in that order and times each; of several
// photographs that are combined each comes as far as join.go before the next one
// begins. Engine.Measure goes no further than the mattes: it tells the scale that a
// picture would get, so that several can share one, and hands the mattes over
// (mattefile.go), so that Remove need not make them again. The Engine holds the
// networks, which are loaded once, and the memory budget that all pictures in hand
// share.
package engine
