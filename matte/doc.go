// Package matte turns a photograph into an alpha matte and foreground colours.
//
// The road of one picture, in the order of the files:
//
//	picture.go     what comes in: samples, and how to see them as sRGB
//	resample.go    the net's small copy of the picture, or of a box in it
//	net.go         one network: copy in, map of alpha out
//	passes.go      which networks look at which part, per Quality
//	fuse.go        several maps become one; their agreement is the confidence
//	studio.go      a flat backdrop answers what no net can: holes, white on white
//	clean.go       specks go, pin-holes close
//	haze.go        veils far from any edge go
//	guided.go      the map is fitted to the photograph's own edges
//	closedform.go  where the nets are unsure, the edge is solved for
//	upscale.go     the matte at the photograph's full size
//	retouch.go     the edge moved, the inside made solid, where asked
//	foreground.go  colours of the edge band without the old background
//
// Matter is the whole road as one call. Networks run behind the Inferer
// interface; package matte/onnx is the one that runs real models. Maps are
// float32 planes 0..1; finished mattes are bytes 0..255.
package matte
