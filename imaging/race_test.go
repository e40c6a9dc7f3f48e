//go:build race

package imaging

// raceEnabled: the race detector multiplies memory and time.
const raceEnabled = true
