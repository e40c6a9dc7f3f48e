package servicetest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// VideoClient speaks the video API with one key.
type VideoClient struct {
	URL   string // of the service, without a slash at its end
	Key   string // X-Api-Key; empty: none is sent
	Admin string // X-Admin-Token; empty: none is sent

	HTTP *http.Client // nil: http.DefaultClient
}

// VideoAnswer is an answer of the video API as it came.
type VideoAnswer struct {
	HTTP   int // status
	Header http.Header
	Body   []byte
}

// Job is the job object, as far as tests look at it (contracts D1).
type Job struct {
	ID              string
	Status          string
	Progress        int
	OutputURL       string `json:"output_url"`
	Error           string
	ErrorCode       string            `json:"error_code"`
	DurationSeconds float64           `json:"duration_seconds"`
	BillingStatus   string            `json:"billing_status"`
	CreditsUsed     float64           `json:"credits_used"`
	WebhookEvents   map[string]string `json:"webhook_events"`
	Stage           string
	Output          *struct {
		Filename, Type        string
		Size                  int64
		Width, Height, Frames int
	}
	Metadata map[string]any
	Warnings []string
}

// Decode reads the answer, which has to be a success, into a value.
func (a *VideoAnswer) Decode(into any) error {
	if a.HTTP != http.StatusOK {
		return fmt.Errorf("HTTP status %d: %.300s", a.HTTP, a.Body)
	}
	if err := json.Unmarshal(a.Body, into); err != nil {
		return fmt.Errorf("reading the answer %.300q: %w", a.Body, err)
	}
	return nil
}

// Do sends a value as JSON, nothing when it is nil, to a path or an address that the
// service gave. headers are pairs of name and value.
func (c VideoClient) Do(ctx context.Context, method, path string, body any, headers ...string) (*VideoAnswer, error) {
	var content io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return nil, fmt.Errorf("writing the request: %w", err)
		}
		content = bytes.NewReader(text)
	}
	return c.Send(ctx, method, path, content, headers...)
}

// Send sends a body as it is.
func (c VideoClient) Send(ctx context.Context, method, path string, body io.Reader, headers ...string) (*VideoAnswer, error) {
	if !strings.Contains(path, "://") {
		path = c.URL + path
	}
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, path, body)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	headers = append([]string{"X-Api-Key", c.Key, "X-Admin-Token", c.Admin}, headers...)
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i+1] != "" {
			request.Header.Set(headers[i], headers[i+1])
		}
	}
	client := c.HTTP
	if client == nil {
		client = http.DefaultClient
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	a := &VideoAnswer{HTTP: response.StatusCode, Header: response.Header}
	if a.Body, err = io.ReadAll(response.Body); err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	return a, nil
}

// Upload sends a file as a form to a path, /v1/uploads when it is empty.
func (c VideoClient) Upload(ctx context.Context, path, file string, headers ...string) (*VideoAnswer, error) {
	if path == "" {
		path = "/v1/uploads"
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("uploading: %w", err)
	}
	var form bytes.Buffer // whose writes do not fail
	w := multipart.NewWriter(&form)
	part, _ := w.CreateFormFile("file", filepath.Base(file))
	_, _ = part.Write(content)
	_ = w.Close()
	return c.Send(ctx, http.MethodPost, path, &form, append([]string{"Content-Type", w.FormDataContentType()}, headers...)...)
}

// Job returns where a job stands.
func (c VideoClient) Job(ctx context.Context, id string) (*Job, error) {
	a, err := c.Do(ctx, http.MethodGet, "/v1/jobs/"+id, nil)
	if err != nil {
		return nil, err
	}
	var j Job
	return &j, a.Decode(&j)
}

// poll is how often WaitJob asks, which leaves the machine to the job.
const poll = 150 * time.Millisecond

// WaitJob asks until the job is as it should be.
func (c VideoClient) WaitJob(ctx context.Context, limit time.Duration, id, what string, done func(*Job) bool) (*Job, error) {
	var last *Job
	err := UntilEvery(ctx, poll, limit, fmt.Sprintf("job %s: %s", id, what), func() (bool, error) {
		var err error
		if last, err = c.Job(ctx, id); err != nil {
			return false, err
		}
		return done(last), nil
	})
	if err != nil && last != nil {
		err = fmt.Errorf("%w; it is %s (%s %d %%, %s)", err, last.Status, last.Stage, last.Progress, last.Error)
	}
	return last, err
}
