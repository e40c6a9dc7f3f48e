package main

import (
	"errors"
	"io/fs"
	"os"

	"mattebox"
)

// item is one picture of a run: where it comes from and where its result goes.
type item struct {
	source
	output string // "-" for stdout
	exists bool   // the result is there already and may not be overwritten
}

// planner gives sources their outputs.
type planner struct {
	destination destination
	extension   string // of the results, without a dot
	force       bool
}

// plan returns the items of all sources. It refuses, before any work, two sources
// with one output and an output that is one of the sources.
func (p *planner) plan(sources []source) ([]item, error) {
	items := make([]item, len(sources))
	makers := map[string]string{} // absolute output -> source
	inputs := map[string]bool{}   // absolute sources
	for _, s := range sources {
		inputs[absolute(s.path)] = true
	}
	for i, s := range sources {
		items[i].source = s
		if s.err != nil {
			continue
		}
		it, err := p.item(s, i+1, len(sources))
		if err != nil {
			return nil, err
		}
		items[i] = it
		if it.output == standardStream {
			continue
		}
		key := absolute(it.output)
		if other, taken := makers[key]; taken {
			return nil, mattebox.Errorf(mattebox.CodeInvalid, "%s and %s would both become %s; use --output with a pattern that has {n} or {sub}", other, s.path, it.output)
		}
		makers[key] = s.path
		if inputs[key] {
			return nil, mattebox.Errorf(mattebox.CodeInvalid, "%s would become %s, which is a source, too; choose another folder with --output", s.path, it.output)
		}
	}
	return items, nil
}

// item returns one source's item. It looks whether the output is there, and
// refuses one that is the source by another name.
func (p *planner) item(s source, n, total int) (item, error) {
	it := item{source: s, output: p.destination.path(s, p.extension, n, total)}
	if it.output == standardStream {
		return it, nil
	}
	there, err := os.Stat(it.output)
	if errors.Is(err, fs.ErrNotExist) {
		return it, nil
	}
	if err != nil {
		return it, mattebox.Errorf(mattebox.CodeInvalid, "--output: %s: %v", it.output, cause(err))
	}
	if there.IsDir() {
		return it, mattebox.Errorf(mattebox.CodeInvalid, "%s would become %s, which is a folder; choose another name with --output", s.path, it.output)
	}
	if itself, err := os.Stat(s.path); err == nil && os.SameFile(there, itself) {
		return it, mattebox.Errorf(mattebox.CodeInvalid, "%s would be overwritten by its own result; choose another folder or name with --output", s.path)
	}
	it.exists = !p.force
	return it, nil
}
