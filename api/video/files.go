package video

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"mattebox"
)

// outputPlace is a path of mattebox.Job.OutputPath.
type outputPlace struct {
	account mattebox.AccountID
	job     string
	name    string
}

func parseOutput(path string) (p outputPlace, ok bool) {
	parts := strings.Split(path, "/")
	if len(parts) != 4 || parts[2] != "output" || !jobID.MatchString(parts[1]) {
		return p, false
	}
	account, err := strconv.ParseInt(parts[0], 10, 64)
	return outputPlace{mattebox.AccountID(account), parts[1], parts[3]}, err == nil
}

// output serves a job's result at its signed address, with ranges.
func (a *api) output(w http.ResponseWriter, r *http.Request) {
	mattebox.NoteOf(r.Context()).Operation = "GET Output"
	path := strings.TrimPrefix(r.URL.Path, "/")
	a.signed(w, r, path, func(ctx context.Context) (stored, error) {
		place, ok := parseOutput(path)
		if !ok {
			return stored{}, noFile()
		}
		job, err := a.Jobs.JobByUID(ctx, 0, place.job)
		if err != nil {
			return stored{}, notJob(err)
		}
		if job.State != mattebox.JobCompleted || job.Output == nil || job.Account != place.account || job.Output.Name != place.name {
			return stored{}, noFile()
		}
		if job.Output.Key == "" {
			return stored{}, &fault{status: http.StatusGone, code: codeGone, message: "The result has been removed; its retention time is over"}
		}
		return stored{job.Account, job.Output.Key, job.Output.MediaType, job.Output.Name}, nil
	})
}

// uploaded serves an upload at its signed address.
func (a *api) uploaded(w http.ResponseWriter, r *http.Request) {
	mattebox.NoteOf(r.Context()).Operation = "GET Upload"
	a.signed(w, r, strings.TrimPrefix(r.URL.Path, "/"), func(ctx context.Context) (stored, error) {
		u, err := a.Uploads.Upload(ctx, 0, r.PathValue("upload"))
		if err != nil || u.Name != r.PathValue("name") {
			return stored{}, noFile()
		}
		return stored{u.Account, u.BlobKey, u.MediaType, u.Name}, nil
	})
}

func noFile() error {
	return &fault{status: http.StatusNotFound, code: codeNotFound, message: "There is nothing at this address any more"}
}

// stored is a file with what goes into its header.
type stored struct {
	account   mattebox.AccountID
	key       string
	mediaType string
	name      string
}

// signed serves the file that find finds, when the path is signed.
func (a *api) signed(w http.ResponseWriter, r *http.Request, path string, find func(context.Context) (stored, error)) {
	w.Header().Set("Access-Control-Allow-Origin", "*") // whoever has the address may have the file
	w.Header().Set("X-Content-Type-Options", "nosniff")
	err := a.Links.Check(path, r.URL.Query().Get("sig"))
	if err != nil {
		err = &fault{status: http.StatusForbidden, code: codeForbidden, message: "The address is not signed by this service, or has expired; ask for the job again", err: err}
	}
	var f stored
	if err == nil {
		f, err = find(r.Context())
	}
	if err == nil {
		err = a.serve(w, r, f)
	}
	if err != nil {
		a.report(r.Context(), explain(err)).write(w, a.requestID(r.Context()))
	}
}

// serve writes the file; an error means that nothing is written yet.
func (a *api) serve(w http.ResponseWriter, r *http.Request, f stored) error {
	mattebox.NoteOf(r.Context()).Account = f.account
	file, err := a.Open(r.Context(), f.key)
	if mattebox.CodeOf(err) == mattebox.CodeNotFound {
		return noFile() // the error itself names the key
	}
	if err != nil {
		return err
	}
	defer file.Close()
	sum := sha256.Sum256([]byte(f.key))
	header := w.Header()
	header.Set("ETag", `"`+hex.EncodeToString(sum[:12])+`"`)
	header.Set("Content-Type", f.mediaType)
	header.Set("Cache-Control", "private, max-age=3600")
	header.Set("Access-Control-Expose-Headers", "Content-Disposition, Content-Range, ETag")
	header.Set("Content-Security-Policy", "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'")
	if disposition := mime.FormatMediaType("inline", map[string]string{"filename": f.name}); disposition != "" {
		header.Set("Content-Disposition", disposition)
	}
	http.ServeContent(w, r, "", file.Modified, file)
	return nil
}
