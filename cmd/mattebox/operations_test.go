package main

import (
	"os"
	"strings"
	"testing"
)

// docs/operations.md tells every setting of serve with its variable and default.
func TestOperationsTellEverySetting(t *testing.T) {
	page, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	var c cli
	variables := map[string]string{} // of flags; newParser takes them away
	parser, err := newParser(&c, &App{}, func(string) string { return "" }, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	for _, command := range parser.Model.Children {
		if command.Name != "serve" {
			continue
		}
		for _, flag := range command.Flags {
			if _, after, found := strings.Cut(flag.Help, "($"); found {
				variables["--"+flag.Name] = strings.TrimSuffix(after, ").")
			}
			if flag.Name == "help" || flag.Hidden {
				continue
			}
			row := rowOf(string(page), "`--"+flag.Name)
			if !strings.Contains(row, "`"+variables["--"+flag.Name]+"`") {
				t.Errorf("no row has --%s and %s", flag.Name, variables["--"+flag.Name])
			}
			if flag.Default != "" && !strings.Contains(row, "`"+flag.Default+"`") {
				t.Errorf("the row of --%s lacks its default %s: %s", flag.Name, flag.Default, row)
			}
		}
	}
	if len(variables) < 25 {
		t.Errorf("only %d settings were seen", len(variables))
	}
}

// rowOf returns the table row that tells of the flag.
func rowOf(page, flag string) string {
	for line := range strings.Lines(page) {
		if strings.HasPrefix(line, "|") && (strings.Contains(line, flag+"`") || strings.Contains(line, flag+" ")) {
			return line
		}
	}
	return ""
}
