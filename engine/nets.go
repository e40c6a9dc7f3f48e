package engine

import "mattebox/matte"

// Nets returns the networks that are loaded, nil for one that is not, for those who
// look at frames instead of photographs (engine/clip). They are the engine's: Close
// frees them.
func (e *Engine) Nets() (large, small, people matte.Inferer) {
	return e.matter.Large, e.matter.Small, e.people
}
