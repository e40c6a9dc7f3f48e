package main

import (
	"fmt"
	"io"
	"math"
	"slices"

	"mattebox/bench/table"
)

// target is a figure that the engine has to reach.
type target struct {
	what  string
	got   float64
	limit float64
	least bool // got has to be at least the limit; otherwise at most
}

func (t target) reached() bool {
	if t.least {
		return t.got >= t.limit
	}
	return t.got <= t.limit
}

// printTargets prints how mattebox stands against what it has promised, ratios
// being to the baseline. It prints nothing without a baseline or without mattebox.
func printTargets(out io.Writer, t report) {
	rows := [][]string{{"target", "is", "goal", ""}}
	for _, goal := range t.targets() {
		if math.IsNaN(goal.got) {
			continue
		}
		sign, verdict := "<=", "reached"
		if goal.least {
			sign = ">="
		}
		if !goal.reached() {
			verdict = "SHORT"
		}
		rows = append(rows, []string{goal.what, fmt.Sprintf("%.3f", goal.got), fmt.Sprintf("%s %g", sign, goal.limit), verdict})
	}
	if len(rows) > 1 {
		table.Print(out, rows, t.markdown)
	}
}

func (t report) targets() []target {
	var goals []target
	base, hasBase := t.column("baseline")
	standard, hasStandard := t.column("mattebox-standard")
	best, hasBest := t.column("mattebox-best")
	fast, hasFast := t.column("mattebox-fast")
	composites := t.inSet("composites")
	if hasBase && hasStandard {
		goals = append(goals,
			target{what: "standard, composites: SAD", got: ratio(standard, base, composites, sad), limit: 1},
			target{what: "standard, composites: colour", got: ratio(standard, base, composites, colour), limit: .6},
			target{what: "standard, composites: Grad", got: ratio(standard, base, composites, grad), limit: .8})
		goals = append(goals, t.noSetWorse("standard", standard, base)...)
	}
	if hasBase && hasBest {
		goals = append(goals,
			target{what: "best, composites: SAD", got: ratio(best, base, composites, sad), limit: .9},
			target{what: "best, composites: band", got: ratio(best, base, composites, band), limit: .75},
			target{what: "best, composites: Grad", got: ratio(best, base, composites, grad), limit: .7})
		goals = append(goals, t.noSetWorse("best", best, base)...)
	}
	if hasFast {
		goals = append(goals, target{what: "fast, composites: SAD itself", got: mean(fast, composites, sad), limit: 30})
	}
	if hasFast && hasStandard {
		goals = append(goals, target{what: "fast, composites: colour to standard", got: ratio(fast, standard, composites, colour), limit: 1})
	}
	for _, c := range []column{fast, standard, best} {
		if len(c.scores) > 0 {
			area, _ := auc(c)
			goals = append(goals, target{what: c.name + ": AUC of the confidence", got: area, limit: .92, least: true})
		}
	}
	return goals
}

func (t report) noSetWorse(name string, c, base column) []target {
	var goals []target
	for _, set := range sets {
		if in := t.inSet(set); len(in) > 0 && set != "composites" {
			goals = append(goals, target{what: fmt.Sprintf("%s, %s: SAD", name, set), got: ratio(c, base, in, sad), limit: 1.03})
		}
	}
	return goals
}

func (t report) column(name string) (column, bool) {
	i := slices.IndexFunc(t.columns, func(c column) bool { return c.name == name })
	if i < 0 {
		return column{}, false
	}
	return t.columns[i], true
}

func ratio(c, to column, in []int, of func(score) float64) float64 {
	return mean(c, in, of) / mean(to, in, of)
}

func sad(s score) float64    { return s.SAD }
func grad(s score) float64   { return s.Grad }
func band(s score) float64   { return s.Band }
func colour(s score) float64 { return s.Colour }
