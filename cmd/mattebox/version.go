package main

import (
	"fmt"
	"io"
	"runtime/debug"
	"text/tabwriter"

	"github.com/alecthomas/kong"

	"mattebox/imaging"
	"mattebox/weights"
)

// VersionCmd is "mattebox version".
type VersionCmd struct {
	JSON bool `name:"json" help:"Print JSON."`
}

// versions is what "mattebox version --json" prints.
type versions struct {
	Mattebox string         `json:"mattebox"`
	Revision string         `json:"revision,omitempty"` // of the source, with + behind it when that was changed
	Go       string         `json:"go"`
	Libvips  string         `json:"libvips"`
	Runtime  string         `json:"onnxruntime"` // empty when it is not installed
	Models   []modelVersion `json:"models"`
}

type modelVersion struct {
	Name   string `json:"name"`
	From   string `json:"from,omitempty"` // npm package
	SHA256 string `json:"sha256"`         // of the installed file
}

// Run prints the versions.
func (c *VersionCmd) Run(app *App) error {
	v := versions{Models: []modelVersion{}, Libvips: imaging.Version()}
	v.Mattebox, v.Revision, v.Go = buildVersion()
	store, err := openStore(app)
	if err != nil {
		return err
	}
	if path, err := store.Runtime(); err == nil {
		if v.Runtime, err = loadRuntime(path); err != nil {
			v.Runtime = ""
		}
	}
	for _, e := range store.Entries() {
		status, err := store.Status(e.Name)
		if err != nil {
			return err
		}
		if sum, _ := e.Installed(); !e.IsRuntime() && status.State == weights.Ready {
			v.Models = append(v.Models, modelVersion{Name: e.Name, From: e.Package, SHA256: sum.SHA256})
		}
	}
	if c.JSON {
		return printJSON(app.Stdout, v)
	}
	return v.print(app.Stdout)
}

func (v versions) print(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "mattebox\t%s\n", v.Mattebox)
	if v.Revision != "" {
		fmt.Fprintf(table, "revision\t%s\n", v.Revision)
	}
	fmt.Fprintf(table, "go\t%s\nlibvips\t%s\n", v.Go, v.Libvips)
	if v.Runtime == "" {
		v.Runtime = "not installed (mattebox model install)"
	}
	fmt.Fprintf(table, "onnxruntime\t%s\n", v.Runtime)
	for _, m := range v.Models {
		fmt.Fprintf(table, "model\t%s %.12s %s\n", m.Name, m.SHA256, m.From)
	}
	return table.Flush()
}

// buildVersion returns what the Go toolchain noted when the program was built.
func buildVersion() (version, revision, goVersion string) {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown", "", ""
	}
	changed := ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			revision = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			changed = "+"
		}
	}
	if revision != "" {
		revision += changed
	}
	return info.Main.Version, revision, info.GoVersion
}

// versionLine is what --version prints.
func versionLine() string {
	version, _, _ := buildVersion()
	return "mattebox " + version
}

// showFlag is --version.
type showFlag bool

// BeforeReset prints the version before kong looks at anything else.
func (showFlag) BeforeReset(app *kong.Kong, vars kong.Vars) error {
	fmt.Fprintln(app.Stdout, vars["version"])
	app.Exit(0)
	return nil
}
