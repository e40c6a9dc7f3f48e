package main

import (
	"fmt"
	"io"
	"math"
	"slices"

	"mattebox/bench/table"
	"mattebox/internal/metrics"
)

// report prints the scores.
type report struct {
	cases    []sample
	columns  []column
	markdown bool
}

// measure is a printed metric.
type measure struct {
	title  string
	format string
	of     func(score) float64
}

// measures are the printed metrics, in order.
func measures() []measure {
	return []measure{
		{"SAD", "%.2f", func(s score) float64 { return s.SAD }},
		{"MSE e3", "%.2f", func(s score) float64 { return 1000 * s.MSE }},
		{"Grad", "%.2f", func(s score) float64 { return s.Grad }},
		{"Conn", "%.2f", func(s score) float64 { return s.Conn }},
		{"band", "%.4f", func(s score) float64 { return s.Band }},
		{"IoU", "%.4f", func(s score) float64 { return s.IoU }},
		{"colour", "%.2f", func(s score) float64 { return s.Colour }},
		{"max F", "%.4f", func(s score) float64 { return s.MaxF }},
		{"S", "%.4f", func(s score) float64 { return s.S }},
	}
}

func (t report) print(out io.Writer) {
	for _, set := range sets {
		if in := t.inSet(set); len(in) > 0 {
			t.block(out, fmt.Sprintf("%s (%d)", set, len(in)), in)
		}
	}
	t.block(out, fmt.Sprintf("all (%d)", len(t.cases)), t.inSet(""))
	t.confidence(out)
	t.failures(out)
	t.faults(out)
	table.PrintTargets(out, t.targets(), t.markdown)
}

// inSet returns the indices of the set's samples; the empty name takes all.
func (t report) inSet(set string) []int {
	var in []int
	for i, c := range t.cases {
		if set == "" || c.Set == set {
			in = append(in, i)
		}
	}
	return in
}

func (t report) block(out io.Writer, title string, in []int) {
	head := []string{title}
	for _, m := range measures() {
		head = append(head, m.title)
	}
	rows := [][]string{head}
	for _, c := range t.columns {
		row := []string{c.name}
		for _, m := range measures() {
			row = append(row, number(m.format, mean(c, in, m.of)))
		}
		rows = append(rows, row)
	}
	table.Print(out, rows, t.markdown)
}

// mean returns the mean over the samples that have the metric, NaN when none has.
func mean(c column, in []int, of func(score) float64) float64 {
	sum, n := 0., 0
	for _, i := range in {
		if v := of(c.scores[i]); !math.IsNaN(v) {
			sum += v
			n++
		}
	}
	if n == 0 {
		return math.NaN()
	}
	return sum / float64(n)
}

func number(format string, v float64) string {
	if math.IsNaN(v) {
		return "-"
	}
	return fmt.Sprintf(format, v)
}

// auc returns how well the contender's confidence ranks its successes above its
// failures, NaN when it reports none or nothing failed.
func auc(c column) (area float64, failed int) {
	var confidence []float64
	var success []bool
	for _, s := range c.scores {
		if s.Confidence == nil {
			return math.NaN(), 0
		}
		confidence = append(confidence, *s.Confidence)
		success = append(success, s.IoU >= failure)
		if s.IoU < failure {
			failed++
		}
	}
	area, err := metrics.AUC(confidence, success)
	if err != nil {
		return math.NaN(), failed
	}
	return area, failed
}

func (t report) confidence(out io.Writer) {
	rows := [][]string{{"confidence", "AUC", fmt.Sprintf("IoU < %.1f", failure)}}
	for _, c := range t.columns {
		if c.scores[0].Confidence == nil {
			continue
		}
		area, failed := auc(c)
		rows = append(rows, []string{c.name, number("%.3f", area), fmt.Sprintf("%d of %d", failed, len(c.scores))})
	}
	if len(rows) > 1 {
		table.Print(out, rows, t.markdown)
	}
}

// failures lists every cut-out that failed, worst first.
func (t report) failures(out io.Writer) {
	rows := [][]string{{"failed", "by", "IoU", "confidence"}}
	for _, c := range t.columns {
		in := t.inSet("")
		slices.SortStableFunc(in, func(a, b int) int {
			return compareFloats(c.scores[a].IoU, c.scores[b].IoU)
		})
		for _, i := range in {
			s := c.scores[i]
			if s.IoU >= failure {
				break
			}
			confidence := "-"
			if s.Confidence != nil {
				confidence = fmt.Sprintf("%.3f", *s.Confidence)
			}
			rows = append(rows, []string{t.cases[i].key(), c.name, fmt.Sprintf("%.3f", s.IoU), confidence})
		}
	}
	if len(rows) > 1 {
		table.Print(out, rows, t.markdown)
	}
}

func compareFloats(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// faults lists every picture that a contender gave nothing for.
func (t report) faults(out io.Writer) {
	for _, c := range t.columns {
		for i, s := range c.scores {
			if s.Fault != "" {
				fmt.Fprintf(out, "%s gave nothing for %s: %s\n", c.name, t.cases[i].key(), s.Fault)
			}
		}
	}
}
