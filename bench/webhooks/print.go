package main

import (
	"fmt"
	"io"
	"time"

	"mattebox/bench/load"
	"mattebox/bench/table"
)

// printAll prints a table for each section and the targets.
func printAll(out io.Writer, found findings, markdown bool) {
	printDrained(out, found, markdown)
	printLatency(out, found.Latency, markdown)
	printTarpit(out, found.Tarpit, markdown)
	printStored(out, found.Stored, markdown)
	table.PrintTargets(out, targets(found), markdown)
}

func printDrained(out io.Writer, found findings, markdown bool) {
	rows := [][]string{{found.Database + ", one receiver", "stored before", "deliveries", "per second", "core ms each", "receiver's", "twice", "resident MB", "events in s"}}
	add := func(before int, d *drained) {
		rows = append(rows, []string{
			"what had waited", fmt.Sprint(before), fmt.Sprint(d.Deliveries), fmt.Sprintf("%.0f", d.PerSecond), fmt.Sprintf("%.2f", 1000*d.Core.Seconds()),
			fmt.Sprintf("%.2f", 1000*d.Receiving.Seconds()), fmt.Sprint(d.Twice), load.Megabytes(d.Resident), fmt.Sprintf("%.1f", d.Orders.Seconds()),
		})
	}
	if found.Throughput != nil {
		add(0, found.Throughput)
	}
	if found.Stored != nil {
		add(found.Stored.Deliveries, found.Stored.Drained)
	}
	if len(rows) > 1 {
		table.Print(out, rows, markdown)
	}
}

// spread returns cells of the middle, the 95th percentile and the most of times.
func spread(times []time.Duration) []string {
	return []string{
		fmt.Sprint(len(times)), load.Milliseconds(load.Percentile(times, .5)), load.Milliseconds(load.Percentile(times, .95)), load.Milliseconds(load.Percentile(times, 1)),
	}
}

func printLatency(out io.Writer, l *latency, markdown bool) {
	if l == nil {
		return
	}
	table.Print(out, [][]string{
		{fmt.Sprintf("%d events per second", l.PerSecond), "events", "p50 ms", "p95 ms", "most ms", "failed"},
		append(append([]string{"from the event to its webhook"}, spread(l.Waits)...), fmt.Sprint(l.Failed)),
		append([]string{"order that is the event"}, spread(l.Orders)...),
	}, markdown)
}

func printTarpit(out io.Writer, t *tarpit, markdown bool) {
	if t == nil {
		return
	}
	table.Print(out, [][]string{
		{fmt.Sprintf("%d receivers, %d events per second", t.Receivers, t.PerSecond), "events", "p50 ms", "p95 ms", "most ms", "held", "failed"},
		append(append([]string{"all answer"}, spread(t.Without)...), "0", fmt.Sprint(t.Failed)),
		append(append([]string{"one never does, the others"}, spread(t.With)...), fmt.Sprint(t.Held)),
	}, markdown)
}

func printStored(out io.Writer, s *stored, markdown bool) {
	if s == nil {
		return
	}
	table.Print(out, [][]string{
		{"stored deliveries", "start s", "resident MB", "filled in s"},
		{fmt.Sprint(s.Deliveries), fmt.Sprintf("%.2f", s.Start.Seconds()), load.Megabytes(s.Resident), fmt.Sprintf("%.0f", s.Filling.Seconds())},
	}, markdown)
	rows := [][]string{{"first page", "ms"}}
	for _, p := range s.Pages {
		rows = append(rows, []string{"mattebox webhook log " + p.Flags, load.Milliseconds(p.Took)})
	}
	table.Print(out, rows, markdown)
}

// targets returns the figures that have goals: those of the issue.
func targets(found findings) []table.Target {
	var all []table.Target
	rate := map[string]float64{onSQLite: 300, onPostgres: 1000}[found.Database]
	if d := found.Throughput; d != nil {
		all = append(all, table.Target{What: "deliveries per second", Got: d.PerSecond, Limit: rate, Least: true})
	}
	if l := found.Latency; l != nil {
		p95 := load.Percentile(l.Waits, .95)
		all = append(all, table.Target{What: "event to webhook, p95 ms", Got: 1000 * p95.Seconds(), Limit: 500})
	}
	if t := found.Tarpit; t != nil {
		change := float64(load.Percentile(t.With, .95))/float64(load.Percentile(t.Without, .95)) - 1
		all = append(all, table.Target{What: "change of the others' p95 by a tarpit", Got: change, Limit: .2})
	}
	if s := found.Stored; s != nil {
		what := fmt.Sprintf("deliveries per second with %d stored", s.Deliveries)
		all = append(all, table.Target{What: what, Got: s.Drained.PerSecond, Limit: rate, Least: true})
	}
	return all
}
