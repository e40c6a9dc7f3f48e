// Command webhooks measures the delivery of webhooks by the real program: how many
// a second, how long after the event, whether a receiver that never answers slows
// the others down, and what a million stored deliveries cost.
//
//	go run ./bench/webhooks                                  everything, some five minutes
//	go run ./bench/webhooks -sections latency,tarpit         some
//	go run ./bench/webhooks -database postgres://...         on PostgreSQL, in databases of its own
//
// Receivers are https servers of this process, one for each address of 127.0.0.0/8,
// which take the time of a request when its headers have come and keep it in memory.
// What happens is that pictures are ordered whose sources never answer, so that each
// order is one event, image.queued, to the developer's endpoint.
//
// Sections: throughput (10,000 deliveries wait for one receiver, which is paused, and
// is then resumed), latency (events in an open loop), tarpit (100 receivers, in turns
// without and with one that never answers), stored (throughput, memory and times with
// a million deliveries of the past in the database). Everything is also written to
// bench/results/webhooks.json, or webhooks-postgres.json.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"path/filepath"

	"mattebox/bench/load"
	"mattebox/bench/program"
	"mattebox/internal/servicetest"
)

// settings are the command line.
type settings struct {
	sections   string
	database   string
	program    string
	deliveries int // that wait, in the sections throughput and stored
	perSec     int // events in the sections latency and tarpit
	seconds    int // that each of their measurements takes
	receivers  int // in the section tarpit
	turns      int // without and with the tarpit
	stored     int // deliveries of the past, in the section stored
	markdown   bool
}

func main() { program.Main("webhooks", run) }

func parse(args []string, log io.Writer) (settings, error) {
	var s settings
	flags := flag.NewFlagSet("webhooks", flag.ContinueOnError)
	flags.StringVar(&s.sections, "sections", "throughput,latency,tarpit,stored", "what to measure, with commas")
	flags.StringVar(&s.database, "database", "", "database on a PostgreSQL server, where new ones are made and removed (default SQLite files)")
	flags.StringVar(&s.program, "program", "", "program to measure, such as one that was built to be profiled (default: built from the tree)")
	flags.IntVar(&s.deliveries, "deliveries", 10_000, "deliveries that wait in the sections throughput and stored")
	flags.IntVar(&s.perSec, "per-second", 100, "events per second in the sections latency and tarpit")
	flags.IntVar(&s.seconds, "seconds", 15, "how long events come in the section latency, and in each half turn of tarpit")
	flags.IntVar(&s.receivers, "receivers", 100, "receivers in the section tarpit, the tarpit among them")
	flags.IntVar(&s.turns, "turns", 2, "turns without and with the tarpit")
	flags.IntVar(&s.stored, "stored", 1_000_000, "deliveries of the past in the section stored")
	flags.BoolVar(&s.markdown, "markdown", false, "print the tables as Markdown")
	if err := program.Parse(flags, args, log); err != nil {
		return s, err
	}
	if s.deliveries < 2 || s.perSec < 1 || s.seconds < 1 || s.turns < 1 || s.stored < 1 {
		return s, errors.New("numbers must be at least 1, and -deliveries at least 2")
	}
	if s.receivers < 2 || s.receivers+s.turns > addresses {
		return s, fmt.Errorf("-receivers must be at least 2, and with -turns at most %d", addresses)
	}
	return s, nil
}

func run(ctx context.Context, args []string, out, log io.Writer) error {
	s, err := parse(args, log)
	if err != nil {
		return err
	}
	root, err := servicetest.Root()
	if err != nil {
		return err
	}
	if s.program == "" {
		if s.program, err = servicetest.Build(ctx); err != nil {
			return err
		}
	}
	found, err := bench{settings: s, log: log}.measure(ctx)
	if err != nil {
		return err
	}
	printAll(out, found, s.markdown)
	name := "webhooks.json"
	if s.database != "" {
		name = "webhooks-postgres.json"
	}
	return load.Save(filepath.Join(root, "bench", "results", name), found)
}
