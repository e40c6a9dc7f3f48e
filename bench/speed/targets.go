package main

import (
	"fmt"
	"io"
	"math"

	"mattebox/bench/table"
)

// target is a figure that mattebox has to reach.
type target struct {
	what  string
	got   float64 // NaN when it was not measured
	limit float64
	least bool // got has to be at least the limit; otherwise at most
}

func printTargets(out io.Writer, found findings, markdown bool) {
	rows := [][]string{{"target", "is", "goal", ""}}
	for _, goal := range targets(found) {
		if math.IsNaN(goal.got) {
			continue
		}
		sign, reached := "<=", goal.got <= goal.limit
		if goal.least {
			sign, reached = ">=", goal.got >= goal.limit
		}
		verdict := "reached"
		if !reached {
			verdict = "SHORT"
		}
		rows = append(rows, []string{goal.what, fmt.Sprintf("%.2f", goal.got), fmt.Sprintf("%s %g", sign, goal.limit), verdict})
	}
	if len(rows) > 1 {
		table.Print(out, rows, markdown)
	}
}

func targets(found findings) []target {
	faster := func(peer, section string) float64 {
		return found.seconds(peer, section) / found.seconds(reference, section)
	}
	return []target{
		{"warm 1 MP: times faster than imgly", faster("imgly", "warm1"), 2.8, true},
		{"cold: times faster than imgly", faster("imgly", "cold"), 1.9, true},
		{"warm 1 MP: memory to imgly's", found.peak(reference, "warm1") / found.peak("imgly", "warm1"), .6, false},
		{"warm 1 MP: times faster than rembg", faster("rembg", "warm1"), 1.2, true},
		{"warm 12 MP: times faster than rembg", faster("rembg", "warm12"), 1.8, true},
		{"warm 1 MP: times faster than rembg-matting", faster("rembg-matting", "warm1"), 10, true},
		{"fast: time to standard's", faster("mattebox-fast", "warm1"), .2, false},
		{"time outside the net at 1 MP", found.outside(reference, "warm1"), .1, false},
		{"time outside the net at 12 MP", found.outside(reference, "warm12"), .3, false},
		{"folder: rate to the net alone", found.rate(reference) / found.rate(netAlone), .9, true},
		{"peak at 24 MP, GB", found.peak(reference, "warm24") / 1e9, 1.3, false},
		{"growth of memory over 500 pictures", found.growth(reference), .05, false},
	}
}

// The following return NaN for what was not measured.

func (f findings) seconds(name, section string) float64 {
	found, _ := f.get(name, section)
	return median(found.Seconds)
}

func (f findings) outside(name, section string) float64 {
	found, _ := f.get(name, section)
	return median(found.Outside)
}

func (f findings) peak(name, section string) float64 {
	found, _ := f.get(name, section)
	return known(float64(found.Peak))
}

func (f findings) rate(name string) float64 {
	found, _ := f.get(name, "folder")
	return known(found.Rate)
}

func (f findings) growth(name string) float64 {
	found, _ := f.get(name, "flat")
	if len(found.Memory) < 20 {
		return math.NaN()
	}
	return growth(found.Memory)
}

func known(v float64) float64 {
	if v == 0 {
		return math.NaN()
	}
	return v
}
