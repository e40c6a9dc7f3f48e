package main

import (
	"fmt"
	"io"
	"slices"

	"mattebox/bench/load"
	"mattebox/bench/table"
)

// printAll prints a table for each section and the targets.
func printAll(out io.Writer, found findings, markdown bool) {
	printSubmits(out, found.Submit, markdown)
	printRates(out, found, markdown)
	printBacklog(out, found.Backlog, markdown)
	printMemory(out, found.Memory, markdown)
	table.PrintTargets(out, targets(found), markdown)
}

func printSubmits(out io.Writer, submits []submit, markdown bool) {
	if len(submits) == 0 {
		return
	}
	rows := [][]string{{"POST Image", "per second", "orders", "failed", "p50 ms", "p99 ms", "most ms"}}
	for _, s := range submits {
		rows = append(rows, []string{
			s.Name, fmt.Sprint(s.PerSecond), fmt.Sprint(len(s.Took)), fmt.Sprint(s.Failed),
			load.Milliseconds(load.Percentile(s.Took, .5)), load.Milliseconds(load.Percentile(s.Took, .99)), load.Milliseconds(load.Percentile(s.Took, 1)),
		})
	}
	table.Print(out, rows, markdown)
}

func printRates(out io.Writer, found findings, markdown bool) {
	if len(found.Rates) == 0 {
		return
	}
	rows := [][]string{{"folder, 1 MP", "pictures/s", "with start", "to remove"}}
	base := found.steady(byRemove)
	for _, name := range []string{byRemove, throughService} {
		steady := found.steady(name)
		rows = append(rows, []string{name, fmt.Sprintf("%.3f", steady), fmt.Sprintf("%.3f", found.whole(name)), fmt.Sprintf("%.2f", steady/base)})
	}
	table.Print(out, rows, markdown)
}

func printBacklog(out io.Writer, b *backlog, markdown bool) {
	if b == nil {
		return
	}
	table.Print(out, [][]string{
		{"queued orders", "taken in s", "per second", "restart s", "GET Status ms", "resident MB"},
		{
			fmt.Sprint(b.Queued), fmt.Sprintf("%.1f", b.Submit.Seconds()), fmt.Sprintf("%.0f", float64(b.Queued)/b.Submit.Seconds()),
			fmt.Sprintf("%.2f", b.Restart.Seconds()), load.Milliseconds(b.Status), load.Megabytes(b.Resident),
		},
	}, markdown)
}

// printMemory shows memory at parts of the run.
func printMemory(out io.Writer, m *memory, markdown bool) {
	if m == nil || len(m.Service) == 0 {
		return
	}
	rows := [][]string{{fmt.Sprintf("resident MB over %d", m.Pictures), "10 %", "25 %", "50 %", "75 %", "100 %", "growth", "peak"}}
	for name, samples := range map[string][]int64{"service": m.Service, "engines": m.Engines} {
		row := []string{name}
		for _, part := range []float64{.1, .25, .5, .75, 1} {
			row = append(row, load.Megabytes(around(samples, part)))
		}
		rows = append(rows, append(row, fmt.Sprintf("%+.1f %%", 100*growth(samples)), load.Megabytes(slices.Max(samples))))
	}
	slices.SortFunc(rows[1:], func(a, b []string) int { return -slices.Compare(a, b) })
	table.Print(out, rows, markdown)
}

// targets returns the figures that have goals.
func targets(found findings) []table.Target {
	var all []table.Target
	if len(found.Rates) > 0 {
		share := found.steady(throughService) / found.steady(byRemove)
		all = append(all, table.Target{What: "pictures per second to mattebox remove", Got: share, Limit: .95, Least: true})
	}
	if b := found.Backlog; b != nil {
		all = append(all, table.Target{What: fmt.Sprintf("restart with %d queued, s", b.Queued), Got: b.Restart.Seconds(), Limit: 5})
	}
	if m := found.Memory; m != nil && len(m.Service) >= 20 {
		all = append(all,
			table.Target{What: "growth of the service's memory", Got: growth(m.Service), Limit: .05},
			table.Target{What: "growth of the engines' memory", Got: growth(m.Engines), Limit: .05})
	}
	return all
}

// steady returns the median of the turns' steady rates.
func (f findings) steady(name string) float64 {
	return f.median(name, func(r rate) float64 { return r.Steady })
}

func (f findings) whole(name string) float64 {
	return f.median(name, func(r rate) float64 { return r.Whole })
}

func (f findings) median(name string, of func(rate) float64) float64 {
	var values []float64
	for _, r := range f.Rates {
		if r.Name == name {
			values = append(values, of(r))
		}
	}
	if len(values) == 0 {
		return 0
	}
	slices.Sort(values)
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}
