package pool

import (
	"os"
	"os/exec"
)

// pipes are our ends of a child's three streams.
type pipes struct{ stdin, stdout, stderr *os.File }

// connect gives the command its ends of three new pipes.
func connect(cmd *exec.Cmd) (*pipes, error) {
	ours := &pipes{}
	childIn, stdin, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	ours.stdin, cmd.Stdin = stdin, childIn
	for _, s := range []struct {
		ours   **os.File
		theirs func(*os.File)
	}{
		{&ours.stdout, func(f *os.File) { cmd.Stdout = f }},
		{&ours.stderr, func(f *os.File) { cmd.Stderr = f }},
	} {
		r, w, err := os.Pipe()
		if err != nil {
			ours.closeTheirs(cmd)
			ours.close()
			return nil, err
		}
		*s.ours = r
		s.theirs(w)
	}
	return ours, nil
}

// closeTheirs closes the child's ends, which a started child has copies of.
func (*pipes) closeTheirs(cmd *exec.Cmd) {
	for _, end := range []any{cmd.Stdin, cmd.Stdout, cmd.Stderr} {
		if f, ok := end.(*os.File); ok {
			f.Close()
		}
	}
}

func (p *pipes) close() {
	for _, f := range []*os.File{p.stdin, p.stdout, p.stderr} {
		f.Close() // a nil file only says that it is one
	}
}
