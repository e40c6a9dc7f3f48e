package clip

import (
	"strings"

	"mattebox"
)

// Model is the customer's choice between care and time (contracts.md, D1).
type Model string

// The models.
const (
	Original Model = "original" // best for its time: the large net at its full size on every fifth frame
	Light    Model = "light"    // several times as fast: the large net at three quarters of its size, on every seventh frame
	Pro      Model = "pro"      // the finest: closer keys, edges solved for
	Human    Model = "human"    // people, fast: a net of their own, in a box that follows them
)

// Models returns all models.
func Models() []Model { return []Model{Original, Light, Pro, Human} }

// ParseModel returns the model of that name, in any case; none is Original. An
// unknown one is a CodeInvalid error on the field "model".
func ParseModel(name string) (Model, error) {
	if name == "" {
		return Original, nil
	}
	for _, m := range Models() {
		if strings.EqualFold(name, string(m)) {
			return m, nil
		}
	}
	return "", mattebox.Invalid("model", "is %.20q; use original, light, pro or human", name)
}

// policy is what a model spends on frames.
type policy struct {
	small   bool    // ask the small net, not the large one
	people  bool    // ask the net for people, whom a box follows
	side    int     // pixels of the longer side at which the net sees the frame
	every   int     // frames from one key to the next
	motion  int     // pixels of the longer side at which motion is found
	doubt   float64 // contradiction of both sides from which on the net looks at a frame between as well, as a share of the subject
	steady  bool    // keys are made steadier by their neighbours
	sharpen bool    // the matte is fitted to the frame's edges
	solve   int     // steps of the closed form after it
}

// policy returns what the model spends; docs/video.md shows what that buys.
func (m Model) policy() policy {
	switch m {
	case Light:
		return policy{side: 768, every: 7, motion: 192, doubt: 1}
	case Pro:
		return policy{side: 1024, every: 2, motion: 320, doubt: .15, steady: true, sharpen: true, solve: 20}
	case Human:
		return policy{people: true, side: 640, every: 1, motion: 192, steady: true, sharpen: true}
	}
	return policy{side: 1024, every: 5, motion: 224, doubt: .4, steady: true, sharpen: true}
}

// withoutPeople is what Human spends where there is no net for people.
func withoutPeople() policy {
	return policy{small: true, side: 416, every: 5, motion: 192, doubt: 1}
}
