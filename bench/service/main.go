// Command service measures what the service adds to the engine: how fast orders are
// taken, how many pictures a second come out of it against "mattebox remove" on the
// same folder, what a long queue costs, and whether memory stays flat.
//
//	go run ./bench/service                                     all but memory, some ten minutes
//	go run ./bench/service -sections submit,backlog            some
//	go run ./bench/service -sections memory -pictures 2000     an hour
//	go run ./bench/service -database postgres://...            on PostgreSQL, in databases of its own
//
// Sections: submit (time of POST Image in an open loop, alone and beside
// production), rate (pictures per second, in turns with mattebox remove), backlog
// (10,000 orders queued, then a kill and a start), memory (resident memory of the
// service and of its engines over many pictures). Everything is also written to
// bench/results/service.json.
package main

import (
	"context"
	"errors"
	"flag"
	"io"
	"path/filepath"
	"runtime"

	"mattebox/bench/load"
	"mattebox/bench/program"
	"mattebox/internal/servicetest"
)

// settings are the command line.
type settings struct {
	sections string
	data     string // folder of the originals
	database string
	perSec   int // orders per second of the section submit
	seconds  int
	folder   int // pictures in the section rate
	rounds   int
	queued   int // orders in the section backlog
	pictures int // in the section memory
	engines  int
	markdown bool
}

func main() { program.Main("service", run) }

func parse(args []string, log io.Writer) (settings, error) {
	var s settings
	flags := flag.NewFlagSet("service", flag.ContinueOnError)
	flags.StringVar(&s.sections, "sections", "submit,rate,backlog", "what to measure, with commas; also memory")
	flags.StringVar(&s.data, "data", "", "folder of the photographs (default ../shared/testdata/photos beside the repository)")
	flags.StringVar(&s.database, "database", "", "database on a PostgreSQL server, where new ones are made and removed (default SQLite files)")
	flags.IntVar(&s.perSec, "per-second", 200, "orders per second in the section submit")
	flags.IntVar(&s.seconds, "seconds", 20, "how long the section submit goes on, each time")
	flags.IntVar(&s.folder, "folder", 30, "pictures of one megapixel in the section rate")
	flags.IntVar(&s.rounds, "rounds", 2, "turns that the service and mattebox remove have in the section rate")
	flags.IntVar(&s.queued, "queued", 10_000, "orders in the section backlog")
	flags.IntVar(&s.pictures, "pictures", 2000, "pictures in the section memory")
	flags.IntVar(&s.engines, "engines", runtime.NumCPU(), "pictures at a time, in the service and in mattebox remove")
	flags.BoolVar(&s.markdown, "markdown", false, "print the tables as Markdown")
	if err := program.Parse(flags, args, log); err != nil {
		return s, err
	}
	if s.perSec < 1 || s.seconds < 1 || s.folder < 3 || s.rounds < 1 || s.queued < 1 || s.pictures < 1 || s.engines < 1 {
		return s, errors.New("numbers must be at least 1, and -folder at least 3")
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
	if s.data == "" {
		s.data = filepath.Join(root, "..", "shared", "testdata", "photos")
	}
	program, err := servicetest.Build(ctx)
	if err != nil {
		return err
	}
	b := bench{settings: s, program: program, results: filepath.Join(root, "bench", "results"), log: log}
	found, err := b.measure(ctx)
	if err != nil {
		return err
	}
	printAll(out, found, s.markdown)
	return load.Save(filepath.Join(b.results, "service.json"), found)
}
