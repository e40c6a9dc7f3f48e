package mattebox

import "context"

// Note is what an edge tells of a request while it answers it, for the log and
// the metrics of the server around it.
type Note struct {
	Operation string    // one of a small fixed set, such as "POST Image"
	Outcome   string    // the edge's own code, such as NoError
	Account   AccountID // that asked; 0 for none
}

type noteKey struct{}

// WithNote returns a context whose note is n.
func WithNote(ctx context.Context, n *Note) context.Context {
	return context.WithValue(ctx, noteKey{}, n)
}

// NoteOf returns the context's note, to be filled in by the goroutine that answers;
// of a context without one, a note that nobody reads.
func NoteOf(ctx context.Context) *Note {
	if n, ok := ctx.Value(noteKey{}).(*Note); ok {
		return n
	}
	return &Note{}
}
