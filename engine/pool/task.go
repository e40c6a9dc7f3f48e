package pool

import (
	"image"
	"time"

	"mattebox"
)

// Task is one picture's order. Pictures are files that both sides reach; what the
// child makes appears under its path only when it is complete, and takes the place
// of what was there. Nothing is synced to disk.
type Task struct {
	Sources []string // 1..mattebox.MaxSources photographs; several are combined into one picture

	// Names are those of the sources' layers in a layered result of several, in their
	// order; where one is missing or empty the engine gives it.
	Names []string

	// Mattes are in the sources' order: Measure writes them, Remove reads them
	// instead of running the networks again. Fewer will do, and empty ones are
	// skipped. Measure makes no file where the template needs no matte, and for
	// Remove a file that is missing or empty counts as not given.
	Mattes []string

	Template  mattebox.Template
	Quality   mattebox.Quality
	Scale     float64 // most canvas pixels per source pixel, so that a product's pictures agree; 0: as the template says
	Out       string  // the result; not used by Measure
	Thumbnail string  // a small picture of the result; empty: none
}

// Report says what became of a task.
type Report struct {
	Width, Height  int             // of the result, in pixels
	Box            image.Rectangle // of the subject on the source; empty when none was found
	Confidence     float64         // 0..1; see mattebox.LowConfidence; 1 where the template wants no subject found
	Scale          float64         // canvas pixels per source pixel
	MediaType      string          // of the result
	ThumbnailType  string          // media type of the thumbnail; empty for none
	Bytes          int64           // of the result's file
	ThumbnailBytes int64           // 0 for none
	Models         []string        // networks that were asked
	Warnings       []string
	Steps          Steps
}

// Measured says what the networks saw of a task's photographs.
type Measured struct {
	Photos     []Seen  // in the sources' order
	Scale      float64 // that the picture gets by itself; 0 when there is no subject to scale
	Confidence float64 // of the least sure photograph; 1 where the template wants no subject found
	Models     []string
	Warnings   []string
	Steps      Steps
}

// Seen is one photograph as Measure found it.
type Seen struct {
	Width, Height int             // upright, in pixels
	Box           image.Rectangle // of the subject; empty when none was found or looked for
	Confidence    float64
}

// Header is what a picture file says of itself.
type Header struct {
	Format        string // as imaging names it: "jpeg", "png", ...
	Width, Height int    // upright, in pixels
	Depth         int    // bits per sample
	HasAlpha      bool
}

// Steps are the times that the steps took, as the child measured them.
type Steps struct {
	Decode, Net, Refine, Foreground, Compose, Encode, Total time.Duration
}

// PartSuffix is what the name of a file ends in that the child has not finished.
// The pool removes such files after a child that was killed.
const PartSuffix = ".part"

// outputs are the files that a task makes under an operation.
func (t Task) outputs(op Op) []string {
	switch op {
	case OpMeasure:
		return t.Mattes
	case OpRemove:
		return []string{t.Out, t.Thumbnail}
	}
	return nil
}
