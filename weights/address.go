package weights

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"path/filepath"
	"strings"
	"time"

	"mattebox"
)

// stallTime is how long a download may bring nothing before it is given up.
const stallTime = 60 * time.Second

// isAddress reports whether the operator named an address, not a path.
func isAddress(from string) bool {
	return strings.HasPrefix(from, "https://") || strings.HasPrefix(from, "http://")
}

// fileName returns the last element of a path or of an address's path.
func fileName(from string) string {
	if !isAddress(from) {
		return filepath.Base(from)
	}
	u, err := url.Parse(from)
	if err != nil {
		return from
	}
	return path.Base(u.Path)
}

// download fetches the operator's address into the file. Plain http must come
// with a checksum, for anyone on the way could change the bytes.
func (s *Store) download(ctx context.Context, e Entry, l Local, file string) error {
	if _, known := e.Fetched(); strings.HasPrefix(l.From, "http://") && l.SHA256 == "" && !known {
		return mattebox.Invalid("from", "is plain http; use https or say what the file must be with --sha256")
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stall := time.AfterFunc(stallTime, func() { cancel(fmt.Errorf("nothing came for %s", stallTime)) })
	defer stall.Stop()

	err := s.get(ctx, e, l.From, file, func() { stall.Reset(stallTime) })
	if err != nil {
		if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
			err = cause
		}
		return mattebox.Wrap(mattebox.CodeUnavailable, err, "downloading %s", l.From)
	}
	return nil
}

// get writes the answer's body to the file and calls alive whenever bytes come.
func (s *Store) get(ctx context.Context, e Entry, address, file string, alive func()) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	client := http.Client{CheckRedirect: keepSecure}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the server answered %s", resp.Status)
	}
	if resp.ContentLength > maxFileBytes {
		return fmt.Errorf("it has %d bytes; %d are allowed", resp.ContentLength, int64(maxFileBytes))
	}
	var body io.Reader = &countingReader{r: resp.Body, tell: func(done int64) {
		alive()
		s.tell(Event{Entry: e.Name, Step: StepFetch, Done: done, Total: max(resp.ContentLength, 0)})
	}}
	return writeFrom(body, file)
}

// keepSecure lets a download follow redirects, but not from https to http.
func keepSecure(req *http.Request, via []*http.Request) error {
	if len(via) >= 10 {
		return errors.New("it redirects more than ten times")
	}
	if via[0].URL.Scheme == "https" && req.URL.Scheme != "https" {
		return errors.New("it redirects from https to plain http")
	}
	return nil
}
