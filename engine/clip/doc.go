// Package clip takes the background out of clips: a segment of a video file goes
// in, a segment with alpha, or over a new background, comes out.
//
// The road of a frame, in the order of the files:
//
//	run.go         a segment's job from file to file: the stages and how they overlap
//	model.go       original, light, pro and human: what each spends on a frame
//	luma.go        a frame's small brightness, on which motion is found
//	plan.go        which frames are keys, where nothing moves, where the scene changes
//	look.go        a key is shown to the net
//	watch.go       a frame is shown to the net for people, in the box that follows them
//	flow.go        the motion between two frames
//	carry.go       mattes carried along it, and how far they are to be trusted
//	fill.go        frames between keys get theirs from both sides, keys become steadier
//	finish.go      the matte at the frame's size, the subject's colours
//	scene.go       canvas, place of the subject, background
//
// A net's look at a frame costs some fifty times what carrying a matte to it does, and
// what a net says changes from frame to frame where nothing in the picture does. So
// only every few frames the net looks, as closely as its share of the time allows,
// and the frames between take their mattes from the keys on both sides, carried
// along the motion: cheaper than a look at each frame, and steadier. The net for people
// (Human) costs less than the motion does: every frame is its key.
//
// Everything is decided by the frames' samples and times alone, so a segment gives
// the same frames whenever, wherever and after however many crashes it is made.
package clip
