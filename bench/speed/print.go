package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"mattebox/bench/table"
)

// reference is whom the ratios of the tables are to.
const reference = "mattebox-standard"

// printAll prints a table for each section and the targets.
func printAll(out io.Writer, found findings, markdown bool) {
	titles := map[string]string{
		"cold": "cold, 1 MP", "warm1": "warm, 1 MP", "warm12": "warm, 12 MP", "warm24": "warm, 24 MP",
	}
	for _, name := range sectionsOf(found) {
		switch name {
		case "folder":
			printRates(out, found, markdown)
		case "flat":
			printFlat(out, found, markdown)
		default:
			printTimes(out, found, name, titles[name], markdown)
		}
	}
	table.PrintTargets(out, targets(found), markdown)
	for _, f := range found {
		if f.Fault != "" {
			fmt.Fprintf(out, "%s failed in %s: %s\n", f.Contender, f.Section, f.Fault)
		}
	}
}

func sectionsOf(found findings) []string {
	var names []string
	for _, f := range found {
		if !slices.Contains(names, f.Section) {
			names = append(names, f.Section)
		}
	}
	return names
}

func printTimes(out io.Writer, found findings, name, title string, markdown bool) {
	rows := [][]string{{title, "seconds", "least", "most", "to standard", "outside the net", "peak MB"}}
	base, _ := found.get(reference, name)
	for _, f := range found {
		if f.Section != name || len(f.Seconds) == 0 {
			continue
		}
		outside := "-"
		if len(f.Outside) > 0 {
			outside = fmt.Sprintf("%.1f %%", 100*median(f.Outside))
		}
		rows = append(rows, []string{
			f.Contender, fmt.Sprintf("%.2f", median(f.Seconds)),
			fmt.Sprintf("%.2f", slices.Min(f.Seconds)), fmt.Sprintf("%.2f", slices.Max(f.Seconds)),
			times(median(f.Seconds) / median(base.Seconds)), outside, megabytes(f.Peak),
		})
	}
	table.Print(out, rows, markdown)
}

func printRates(out io.Writer, found findings, markdown bool) {
	rows := [][]string{{"folder, 1 MP", "pictures/s", "of the net alone", "peak MB"}}
	alone, _ := found.get(netAlone, "folder")
	for _, f := range found {
		if f.Section != "folder" || f.Rate == 0 {
			continue
		}
		rows = append(rows, []string{f.Contender, fmt.Sprintf("%.3f", f.Rate), ratio(f.Rate, alone.Rate), megabytes(f.Peak)})
	}
	table.Print(out, rows, markdown)
}

// printFlat shows memory at tenths of the run, start-up left out of the growth.
func printFlat(out io.Writer, found findings, markdown bool) {
	rows := [][]string{{"resident MB over 500", "10 %", "25 %", "50 %", "75 %", "100 %", "growth", "peak"}}
	for _, f := range found {
		if f.Section != "flat" || len(f.Memory) < 20 {
			continue
		}
		row := []string{f.Contender}
		for _, part := range []float64{.1, .25, .5, .75, 1} {
			row = append(row, megabytes(around(f.Memory, part)))
		}
		row = append(row, fmt.Sprintf("%+.1f %%", 100*growth(f.Memory)), megabytes(f.Peak))
		rows = append(rows, row)
	}
	table.Print(out, rows, markdown)
}

// around returns the median of the twentieth of the samples that ends there.
func around(samples []int64, part float64) int64 {
	end := max(int(part*float64(len(samples))), 1)
	window := slices.Sorted(slices.Values(samples[max(end-len(samples)/20, 0):end]))
	return window[len(window)/2]
}

// growth is how much more the process holds at its end than after a tenth.
func growth(samples []int64) float64 {
	return float64(around(samples, 1))/float64(around(samples, .1)) - 1
}

// median returns NaN for nothing.
func median(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

func times(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "-"
	}
	return strings.TrimSpace(fmt.Sprintf("%.2f x", v))
}

func ratio(a, b float64) string {
	if b == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f", a/b)
}

func megabytes(bytes int64) string {
	if bytes == 0 {
		return "-"
	}
	return fmt.Sprintf("%d", bytes/1_000_000)
}
