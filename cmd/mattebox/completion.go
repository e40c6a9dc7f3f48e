package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/alecthomas/kong"
	kongcompletion "github.com/jotaen/kong-completion"
	posener "github.com/posener/complete"

	"mattebox/weights"
)

// CompletionCmd is "mattebox completion". The shells call the program itself,
// with COMP_LINE set, for what may follow.
type CompletionCmd struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

// Run prints the shell's code.
func (c *CompletionCmd) Run(app *App) error {
	path, err := os.Executable()
	if err != nil {
		return fmt.Errorf("finding the program's own path: %w", err)
	}
	if path, err = filepath.Abs(path); err != nil {
		return fmt.Errorf("finding the program's own path: %w", err)
	}
	_, err = fmt.Fprint(app.Stdout, completionCode(c.Shell, path))
	return err
}

// completionCode returns what the shell has to read. Where the program names
// nothing, files are completed.
func completionCode(shell, path string) string {
	quoted := "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
	bash := "complete -o default -o bashdefault -C " + quoted + " mattebox\n"
	switch shell {
	case "zsh":
		return "autoload -U +X bashcompinit && bashcompinit\n" + bash
	case "fish":
		return `function __complete_mattebox
    set -lx COMP_LINE (commandline -cp)
    test -z (commandline -ct)
    and set COMP_LINE "$COMP_LINE "
    '` + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(path) + `'
end
complete -c mattebox -a "(__complete_mattebox)"
`
	}
	return bash
}

// completing reports whether a shell asks for completions.
func completing(env func(string) string) bool { return env("COMP_LINE") != "" }

// complete prints what may follow the line that the shell has in COMP_LINE.
func complete(parser *kong.Kong) {
	kongcompletion.Register(parser,
		kongcompletion.WithExitFunc(func(int) {}),
		kongcompletion.WithPredictors(map[string]posener.Predictor{
			"file":            posener.PredictAnything, // nothing of ours: the shell names files better
			"format":          posener.PredictSet("jpg", "tif", "png", "psd", "webp", "avif"),
			"background":      posener.PredictSet("none", "transparent", "ffffff", "000000"),
			"videoformat":     posener.PredictSet("webm", "mov", "mp4", "gif", "webp", "png_sequence", "stacked_video", "pro_bundle"),
			"videobackground": posener.PredictSet("transparent", "blur", "white", "black", "green", "blue"),
			"anchor":          posener.PredictSet("center", "top-left", "top-center", "top-right", "center-left", "center-right", "bottom-left", "bottom-center", "bottom-right"),
			"network":         posener.PredictSet(networkNames()...),
		}))
}

// networkNames returns the networks of the embedded manifest.
func networkNames() []string {
	entries, err := weights.Manifest()
	if err != nil {
		return nil // completing nothing is the honest answer
	}
	var names []string
	for _, e := range entries {
		if !e.IsRuntime() {
			names = append(names, e.Name)
		}
	}
	return names
}
