package main

import (
	"fmt"
	"io"

	"mattebox/bench/table"
)

// row is one contender's scores, a clip each.
type row struct {
	name   string
	scores []score
}

// yardstick is the contender that speeds are compared with.
const yardstick = "768 on each frame"

// printRows prints one table over the sets and one for each clip.
func printRows(out io.Writer, clips []*testClip, rows []row, markdown bool) {
	cells := [][]string{{"contender"}}
	var names []string
	for _, set := range sets() {
		if len(of(clips, set[0])) > 0 {
			names = append(names, set[0])
			cells[0] = append(cells[0], set[0]+" MAD", "MSE", "Grad", "dtSSD")
		}
	}
	cells[0] = append(cells[0], "looks", "CPU s/frame", "speed")
	base := cost(rows, yardstick)
	for _, r := range rows {
		line := []string{r.name}
		for _, name := range names {
			line = append(line, figures(mean(r.scores, of(clips, name)))...)
		}
		all := mean(r.scores, of(clips, ""))
		line = append(line, fmt.Sprintf("%.2f", all.Looks), fmt.Sprintf("%.3f", all.CPU), speed(base, all.CPU))
		cells = append(cells, line)
	}
	table.Print(out, cells, markdown)
	for i, clip := range clips {
		printClip(out, clip, i, rows, markdown)
	}
}

func printClip(out io.Writer, clip *testClip, i int, rows []row, markdown bool) {
	cells := [][]string{{clip.name, "MAD", "MSE", "Grad", "dtSSD", "looks", "CPU s/frame"}}
	for _, r := range rows {
		s := r.scores[i]
		cells = append(cells, append(append([]string{r.name}, figures(s)...), fmt.Sprintf("%.2f", s.Looks), fmt.Sprintf("%.3f", s.CPU)))
	}
	table.Print(out, cells, markdown)
}

func figures(s score) []string {
	return []string{fmt.Sprintf("%.1f", s.MAD), fmt.Sprintf("%.1f", s.MSE), fmt.Sprintf("%.2f", s.Grad), fmt.Sprintf("%.2f", s.DTSSD)}
}

func speed(base, cpu float64) string {
	if base == 0 || cpu == 0 {
		return "-"
	}
	return fmt.Sprintf("%.1f x", base/cpu)
}

// of returns the places of a set's clips; an empty name is all.
func of(clips []*testClip, set string) []int {
	var at []int
	for i, c := range clips {
		if set == "" || c.set == set {
			at = append(at, i)
		}
	}
	return at
}

func mean(scores []score, at []int) score {
	var m score
	n := float64(len(at))
	for _, i := range at {
		s := scores[i]
		m.MAD, m.MSE, m.Grad, m.DTSSD = m.MAD+s.MAD/n, m.MSE+s.MSE/n, m.Grad+s.Grad/n, m.DTSSD+s.DTSSD/n
		m.CPU, m.Looks = m.CPU+s.CPU/n, m.Looks+s.Looks/n
	}
	return m
}

func cost(rows []row, name string) float64 {
	for _, r := range rows {
		if r.name != name {
			continue
		}
		at := make([]int, len(r.scores))
		for i := range at {
			at[i] = i
		}
		return mean(r.scores, at).CPU
	}
	return 0
}
