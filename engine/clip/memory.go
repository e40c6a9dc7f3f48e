package clip

// What Run takes at its peak: bytes for each pixel, measured with two frames finished
// at a time and a heap that may grow by two fifths between collections.
const (
	frameBytes  = 100 // of the clip: mattes, what shows motion, frames that are finished
	canvasBytes = 60  // of the canvas
	waitBytes   = 6   // of each frame that waits between the stages
	waitStages  = 3   // each of which may hold a group of frames
	finishing   = 2   // frames at a time
)

// Memory estimates the bytes that Run takes at its peak, networks and pictures that
// are read for the background not counted.
func (j Job) Memory() int64 {
	size := j.Scene.Size(j.Info)
	frame, canvas := j.Info.Width*j.Info.Height, size.X*size.Y
	held := waitStages * waitBytes * stillFrames(4*frame) * frame
	if c := newCompositor(j, size); c.scaler != nil {
		held += finishing * scalerBytes * c.place.Dx() * j.Info.Height
	}
	return int64(frame*frameBytes + canvas*canvasBytes + held)
}

// stillFrames returns how many frames of so many bytes, in which nothing moves, wait
// for what is next.
func stillFrames(bytes int) int {
	return min(max(leastStill, stillBytes/max(bytes, 1)), mostStill)
}
