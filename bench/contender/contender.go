// Package contender runs the programs that bench/eval and bench/speed compare:
// mattebox at its three qualities, the raw net (the baseline) and the peers.
//
// Every one of them is an external command that turns a folder of pictures into a
// folder of RGBA PNGs and tells of each picture in one line of JSON on its
// standard output, in the fields of `mattebox remove --json`. Run starts it,
// gathers the lines, and measures what only a parent can: wall time and memory.
package contender

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Contender is one program with its options.
type Contender struct {
	Name string
	Peer bool // somebody else's: its results change only with its version

	argv   []string // what precedes the source and target folders
	after  []string // what follows the source folder, before the target
	needs  []string // files without which it cannot run
	remedy string   // what to do when one is missing
}

// Program returns a contender of one's own: a command that takes the source and the
// target folder as its last two arguments and reports as the package says.
func Program(name string, argv ...string) Contender {
	return Contender{Name: name, argv: argv}
}

// Root returns the repository: the nearest folder above the working directory
// that holds go.mod.
func Root() (string, error) {
	folder, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("finding the repository: %w", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder, nil
		}
		up := filepath.Dir(folder)
		if up == folder {
			return "", fmt.Errorf("no go.mod above the working directory: run this in the repository")
		}
		folder = up
	}
}

// All returns every contender of the repository at root, in the order of the
// tables. extra is handed to each mattebox command, for trying options.
func All(root string, extra ...string) []Contender {
	peers := filepath.Join(root, "bench", "peers")
	python := filepath.Join(peers, ".venv", "bin", "python")
	weights := filepath.Join(peers, ".weights", "isnet-general-use.onnx")
	list := []Contender{{
		Name: "baseline", Peer: true,
		argv:  []string{python, filepath.Join(peers, "baseline.py")},
		needs: []string{python, weights}, remedy: "run bench/peers/setup.sh",
	}}
	for _, quality := range []string{"fast", "standard", "best"} {
		list = append(list, mattebox(root, quality, extra))
	}
	for _, mode := range []string{"plain", "decontaminate", "matting"} {
		list = append(list, Contender{
			Name: strings.TrimSuffix("rembg-"+mode, "-plain"), Peer: true,
			argv:  []string{python, filepath.Join(peers, "rembg_folder.py"), mode},
			needs: []string{python, weights}, remedy: "run bench/peers/setup.sh",
		})
	}
	for _, mode := range []string{"png", "lossless"} {
		list = append(list, Contender{
			Name: strings.TrimSuffix("imgly-"+mode, "-png"), Peer: true,
			argv:  []string{"node", filepath.Join(peers, "imgly_folder.mjs"), mode},
			needs: []string{filepath.Join(peers, "node_modules", "@imgly")}, remedy: "run bench/peers/setup.sh",
		})
	}
	return list
}

func mattebox(root, quality string, extra []string) Contender {
	binary := filepath.Join(root, "bin", "mattebox")
	return Contender{
		Name:  "mattebox-" + quality,
		argv:  []string{binary, "remove"},
		after: append([]string{"--quality", quality, "--json"}, append(slices.Clone(extra), "-o")...),
		needs: []string{binary}, remedy: "build it with make",
	}
}

// Pick returns the contenders of those names, in that order. A name that ends in
// a star takes all that begin so.
func Pick(all []Contender, names ...string) ([]Contender, error) {
	var picked []Contender
	for _, name := range names {
		before := len(picked)
		prefix, star := strings.CutSuffix(name, "*")
		for _, c := range all {
			if c.Name == name || star && strings.HasPrefix(c.Name, prefix) {
				picked = append(picked, c)
			}
		}
		if len(picked) == before {
			return nil, fmt.Errorf("no contender is called %q; there are %s", name, strings.Join(Names(all), ", "))
		}
	}
	return picked, nil
}

// Names returns the names of the contenders.
func Names(list []Contender) []string {
	names := make([]string, len(list))
	for i, c := range list {
		names[i] = c.Name
	}
	return names
}

// With returns the contender with more options, before its target.
func (c Contender) With(options ...string) Contender {
	if len(c.after) > 0 {
		at := len(c.after) - 1
		c.after = slices.Concat(c.after[:at], options, c.after[at:])
	}
	return c
}

// Missing returns why the contender cannot run here and what to do about it, or
// the empty string.
func (c Contender) Missing() string {
	for _, file := range c.needs {
		if _, err := os.Stat(file); err != nil {
			return fmt.Sprintf("%s is missing: %s", file, c.remedy)
		}
	}
	return ""
}

// Command returns the program and its arguments for a source and a target folder.
func (c Contender) Command(source, target string) []string {
	return slices.Concat(c.argv, []string{source}, c.after, []string{target})
}
