package matte

// Spec says how a network wants its input and what its output means. It is the
// part of a model's manifest entry that the mathematics needs.
type Spec struct {
	Name string `json:"name"`

	// Input is the NCHW input's side in pixels. Nets whose graph takes any size
	// say so with Multiple.
	Size     int    `json:"size"`
	Multiple int    `json:"multiple,omitempty"` // side lengths must be multiples of it; 0: Size only
	Resize   Resize `json:"resize"`

	// A sample x in 0..255 enters the net as (x/Divisor - Mean[c]) / Std[c].
	// Divisor 0 stands for the picture's own maximum (U2-Net's recipe).
	Divisor float32    `json:"divisor"`
	Mean    [3]float32 `json:"mean"`
	Std     [3]float32 `json:"std"`

	Input      string     `json:"input"`      // name of the graph's input
	Output     string     `json:"output"`     // name of the graph's output, 1x1xHxW
	Activation Activation `json:"activation"` // what is still to be applied to the output
}

// Resize is how a picture is fitted to the net's square.
type Resize string

// The fits.
const (
	Stretch   Resize = "stretch"   // both sides to Size, aspect lost
	Letterbox Resize = "letterbox" // long side to Size, the rest padded with mid grey
	Aspect    Resize = "aspect"    // aspect kept, short side to Size, both to multiples of Multiple (MODNet's recipe)
)

// Activation is a function from a net's raw output to alpha 0..1.
type Activation string

// The activations.
const (
	None    Activation = "none"    // already a probability
	Sigmoid Activation = "sigmoid" // logits
	MinMax  Activation = "minmax"  // stretched so that its minimum is 0 and its maximum 1, unless the map is nearly flat
)
