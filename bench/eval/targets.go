package main

import (
	"fmt"
	"slices"

	"mattebox/bench/table"
)

func (t report) targets() []table.Target {
	var goals []table.Target
	base, hasBase := t.column("baseline")
	standard, hasStandard := t.column("mattebox-standard")
	best, hasBest := t.column("mattebox-best")
	fast, hasFast := t.column("mattebox-fast")
	composites := t.inSet("composites")
	if hasBase && hasStandard {
		goals = append(goals,
			table.Target{What: "standard, composites: SAD", Got: ratio(standard, base, composites, sad), Limit: 1},
			table.Target{What: "standard, composites: colour", Got: ratio(standard, base, composites, colour), Limit: .6},
			table.Target{What: "standard, composites: Grad", Got: ratio(standard, base, composites, grad), Limit: .8})
		goals = append(goals, t.noSetWorse("standard", standard, base)...)
	}
	if hasBase && hasBest {
		goals = append(goals,
			table.Target{What: "best, composites: SAD", Got: ratio(best, base, composites, sad), Limit: .9},
			table.Target{What: "best, composites: band", Got: ratio(best, base, composites, band), Limit: .75},
			table.Target{What: "best, composites: Grad", Got: ratio(best, base, composites, grad), Limit: .7})
		goals = append(goals, t.noSetWorse("best", best, base)...)
	}
	if hasFast {
		goals = append(goals, table.Target{What: "fast, composites: SAD itself", Got: mean(fast, composites, sad), Limit: 30})
	}
	if hasFast && hasStandard {
		goals = append(goals, table.Target{What: "fast, composites: colour to standard", Got: ratio(fast, standard, composites, colour), Limit: 1})
	}
	for _, c := range []column{fast, standard, best} {
		if len(c.scores) > 0 {
			area, _ := auc(c)
			goals = append(goals, table.Target{What: c.name + ": AUC of the confidence", Got: area, Limit: .92, Least: true})
		}
	}
	return goals
}

func (t report) noSetWorse(name string, c, base column) []table.Target {
	var goals []table.Target
	for _, set := range sets {
		if in := t.inSet(set); len(in) > 0 && set != "composites" {
			goals = append(goals, table.Target{What: fmt.Sprintf("%s, %s: SAD", name, set), Got: ratio(c, base, in, sad), Limit: 1.03})
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
