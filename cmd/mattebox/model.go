package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"golang.org/x/term"

	"mattebox"
	"mattebox/weights"
)

// ModelCmd is "mattebox model": what networks there are, bringing them here, and
// their terms. Of App it uses Stdout, Stderr, Home and Context.
type ModelCmd struct {
	List    ModelListCmd    `cmd:"" default:"withargs" help:"List the networks, whether they are installed, and their licences."`
	Install ModelInstallCmd `cmd:"" help:"Install the default networks and the runtime, or those named."`
	Licence ModelLicenceCmd `cmd:"" help:"Say under which terms the networks may be used."`
	Entry   ModelEntryCmd   `cmd:"" help:"Print a network's manifest entry, to write one for a network of your own."`
}

// openStore returns the store in the home folder's models folder.
func openStore(app *App) (*weights.Store, error) {
	return weights.Open(filepath.Join(app.Home, "models"))
}

// ModelListCmd is "mattebox model list".
type ModelListCmd struct {
	JSON bool `name:"json" help:"Print JSON."`
}

// listedModel is one row of "mattebox model list --json".
type listedModel struct {
	Name    string          `json:"name"`
	Kind    weights.Kind    `json:"kind"`
	Title   string          `json:"title"`
	State   weights.State   `json:"state"`
	Default bool            `json:"default"`
	Licence weights.Licence `json:"licence"`
	Size    int64           `json:"size,omitempty"` // bytes on disk once installed; 0 when nobody knows yet
	Path    string          `json:"path"`
	Mend    string          `json:"mend,omitempty"`
}

// Run prints the list.
func (c *ModelListCmd) Run(app *App) error {
	store, err := openStore(app)
	if err != nil {
		return err
	}
	var rows []listedModel
	for _, e := range store.Entries() {
		status, err := store.Status(e.Name)
		if err != nil {
			return err
		}
		sum, _ := e.Installed()
		rows = append(rows, listedModel{
			Name: e.Name, Kind: e.Kind, Title: e.Title, State: status.State, Default: e.Default,
			Licence: e.Licence, Size: sum.Size, Path: status.Path, Mend: status.Mend,
		})
	}
	for _, err := range store.Broken() {
		fmt.Fprintln(app.Stderr, "left out:", err)
	}
	if c.JSON {
		return printJSON(app.Stdout, rows)
	}
	return printModels(app.Stdout, rows)
}

func printModels(w io.Writer, rows []listedModel) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "NAME\tSTATE\tSIZE\tLICENCE\tWHAT")
	for _, r := range rows {
		size := "?"
		if r.Size > 0 {
			size = megabytes(r.Size)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", r.Name, r.State, size, r.Licence.ID, r.Title)
	}
	return table.Flush()
}

// ModelInstallCmd is "mattebox model install".
type ModelInstallCmd struct {
	What     []string `arg:"" optional:"" name:"name|path|url" help:"Networks of the list, ONNX files, or addresses of ONNX files. Nothing: the defaults."`
	From     string   `help:"Path or address of the file of the one network named." placeholder:"PATH|URL"`
	Entry    string   `help:"Manifest entry (JSON) of a network that is not in the list; a file with the ending .json beside PATH is found by itself." placeholder:"FILE" type:"existingfile"`
	SHA256   string   `name:"sha256" help:"What the brought file's SHA-256 must be." placeholder:"HEX"`
	Packages string   `help:"Folder of packed npm packages, used instead of fetching and filled when fetching." env:"MATTEBOX_PACKAGES" placeholder:"DIR" type:"path"`
}

// Run installs, one after the other, and stops at the first failure.
func (c *ModelInstallCmd) Run(app *App) error {
	store, err := openStore(app)
	if err != nil {
		return err
	}
	p := &installPrinter{w: app.Stderr, start: time.Now()}
	store.Packages, store.Progress = c.Packages, p.event
	if c.From != "" && len(c.What) > 1 {
		return mattebox.Invalid("--from", "goes with one network, not %d", len(c.What))
	}
	what := c.What
	switch {
	case c.From != "" && len(what) == 0:
		what = []string{c.From}
	case len(what) == 0:
		what = defaultNames(store)
	}
	for _, w := range what {
		if err := c.installOne(app, store, p, w); err != nil {
			return err
		}
	}
	return nil
}

func (c *ModelInstallCmd) installOne(app *App, store *weights.Store, p *installPrinter, what string) error {
	p.start = time.Now()
	var status weights.Status
	var err error
	switch {
	case c.From != "" && what != c.From:
		status, err = store.InstallLocal(app.Context, weights.Local{From: c.From, Name: what, Entry: c.Entry, SHA256: c.SHA256})
	case c.From != "" || c.Entry != "" || looksLikeFile(what):
		status, err = store.InstallLocal(app.Context, weights.Local{From: what, Entry: c.Entry, SHA256: c.SHA256})
	default:
		status, err = store.Install(app.Context, what)
	}
	p.end()
	if err != nil {
		return err
	}
	sum, _ := status.Entry.Installed()
	fmt.Fprintf(app.Stdout, "%-14s ready  %8s  %5.1f s  %s\n", status.Entry.Name, megabytes(sum.Size), time.Since(p.start).Seconds(), status.Path)
	return nil
}

// looksLikeFile tells a path or an address from a name: names of the manifest
// have no slash and no ending .onnx.
func looksLikeFile(what string) bool {
	return strings.ContainsAny(what, `/\`) || strings.HasSuffix(what, ".onnx")
}

func defaultNames(store *weights.Store) []string {
	var names []string
	for _, e := range store.Entries() {
		if e.Default {
			names = append(names, e.Name)
		}
	}
	return names
}

// installPrinter shows what an installation is at: a line that is rewritten on a
// terminal, a line for each step elsewhere.
type installPrinter struct {
	w     io.Writer
	start time.Time
	step  weights.Step
	shown int64 // percent
	open  bool  // a line without its end is on the terminal
}

func (p *installPrinter) event(e weights.Event) {
	percent := int64(0)
	if e.Total > 0 {
		percent = 100 * e.Done / e.Total
	}
	terminal := isTerminal(p.w)
	if e.Step == p.step && (!terminal || percent == p.shown) {
		return
	}
	p.step, p.shown = e.Step, percent
	line := strings.TrimSpace(fmt.Sprintf("%-14s %s", e.Entry, e.Step))
	if !terminal {
		fmt.Fprintln(p.w, line)
		return
	}
	if percent > 0 {
		line += fmt.Sprintf(" %d %%", percent)
	}
	fmt.Fprintf(p.w, "\r\x1b[K%s", line)
	p.open = true
}

func (p *installPrinter) end() {
	if p.open {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
	p.open, p.step = false, ""
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// ModelLicenceCmd is "mattebox model licence".
type ModelLicenceCmd struct {
	Names []string `arg:"" optional:"" name:"name" help:"Networks of the list. Nothing: all."`
	Text  bool     `help:"Print the full text too, where Mattebox carries it."`
}

// Run prints the terms.
func (c *ModelLicenceCmd) Run(app *App) error {
	store, err := openStore(app)
	if err != nil {
		return err
	}
	entries := store.Entries()
	if len(c.Names) > 0 {
		entries = nil
	}
	for _, name := range c.Names {
		e, err := store.Entry(name)
		if err != nil {
			return err
		}
		entries = append(entries, e)
	}
	for i, e := range entries {
		if i > 0 {
			fmt.Fprintln(app.Stdout)
		}
		printLicence(app.Stdout, e, c.Text)
	}
	return nil
}

func printLicence(w io.Writer, e weights.Entry, text bool) {
	clean := "free for commercial use"
	if !e.Licence.Clean {
		clean = "NOT clearly free for commercial use"
	}
	fmt.Fprintf(w, "%s: %s\n", e.Name, e.Title)
	fmt.Fprintf(w, "  licence  %s, %s\n", e.Licence.ID, clean)
	if e.Licence.Holder != "" {
		fmt.Fprintf(w, "  holder   %s\n", e.Licence.Holder)
	}
	if e.Package != "" {
		fmt.Fprintf(w, "  package  %s (npm)\n", e.Package)
	}
	if e.Licence.Notes != "" {
		fmt.Fprintf(w, "  notes    %s\n", wrapText(e.Licence.Notes, 90, "           "))
	}
	if full := e.LicenceText(); text && full != "" {
		fmt.Fprintf(w, "\n%s", full)
	}
}

// wrapText breaks the text into lines of at most width characters, each but the
// first behind the indent.
func wrapText(text string, width int, indent string) string {
	var b strings.Builder
	column := 0
	for i, word := range strings.Fields(text) {
		switch {
		case i == 0:
		case column+1+len(word) > width:
			b.WriteString("\n" + indent)
			column = 0
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += len(word)
	}
	return b.String()
}

// ModelEntryCmd is "mattebox model entry".
type ModelEntryCmd struct {
	Name string `arg:"" help:"Network of the list."`
}

// Run prints the entry as JSON.
func (c *ModelEntryCmd) Run(app *App) error {
	store, err := openStore(app)
	if err != nil {
		return err
	}
	e, err := store.Entry(c.Name)
	if err != nil {
		return err
	}
	return printJSON(app.Stdout, e)
}

func printJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }
