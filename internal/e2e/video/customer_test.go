package video

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"mattebox/internal/servicetest"
)

// object is a body in JSON.
type object map[string]any

// customer is a key of an account in the hands of a test.
type customer struct {
	servicetest.VideoClient
	account servicetest.Account
	h       *house
	t       *testing.T
}

// customer makes an account for the test, with more flags of account create. Unless
// they say otherwise it pays later.
func (h *house) customer(t *testing.T, flags ...string) *customer {
	t.Helper()
	a, err := h.CreateAccount(t.Context(), fmt.Sprintf("shop%d@example.test", h.people.Add(1)), flags...)
	if err != nil {
		t.Fatal(err)
	}
	h.keep(a.Secrets()...)
	return &customer{VideoClient: servicetest.VideoClient{URL: h.URL, Key: a.JobsKey}, account: a, h: h, t: t}
}

// with returns the same customer with another key.
func (c *customer) with(key string) *customer {
	other := *c
	other.Key = key
	return &other
}

// ask sends a request that may be refused.
func (c *customer) ask(method, path string, body any, headers ...string) *servicetest.VideoAnswer {
	c.t.Helper()
	a, err := c.Do(c.t.Context(), method, path, body, headers...)
	if err != nil {
		c.t.Fatal(err)
	}
	return a
}

// ok sends a request that has to succeed.
func (c *customer) ok(method, path string, body any, headers ...string) object {
	c.t.Helper()
	var o object
	if err := c.ask(method, path, body, headers...).Decode(&o); err != nil {
		c.t.Fatalf("%s %s %v: %v", method, path, body, err)
	}
	return o
}

// refused sends a request that has to be refused with the status and the code, and
// returns the message.
func (c *customer) refused(status int, code, method, path string, body any, headers ...string) string {
	c.t.Helper()
	a := c.ask(method, path, body, headers...)
	var o struct {
		Error struct {
			Code, Message string
			RequestID     string `json:"request_id"`
		}
	}
	if err := json.Unmarshal(a.Body, &o); err != nil {
		c.t.Fatalf("%s %s: %v in %s", method, path, err, a.Body)
	}
	if a.HTTP != status || o.Error.Code != code || o.Error.RequestID != a.Header.Get("X-Request-Id") || o.Error.RequestID == "" {
		c.t.Errorf("%s %s %v: HTTP status %d, %s; want %d %s with the request's id", method, path, body, a.HTTP, a.Body, status, code)
	}
	return o.Error.Message
}

// upload uploads a file and returns its video_url.
func (c *customer) upload(file string) string {
	c.t.Helper()
	a, err := c.Upload(c.t.Context(), "", file)
	if err != nil {
		c.t.Fatal(err)
	}
	var up struct {
		VideoURL string `json:"video_url"`
	}
	if err := a.Decode(&up); err != nil {
		c.t.Fatalf("uploading %s: %v", filepath.Base(file), err)
	}
	return up.VideoURL
}

// start makes a job of an address, with the fastest model unless more says otherwise,
// and returns its id. That one sees nobody in these clips.
func (c *customer) start(address string, more object) string {
	c.t.Helper()
	body := object{"video_url": address, "model": "human"}
	maps.Copy(body, more)
	id, _ := c.ok(http.MethodPost, "/v1/jobs", body)["id"].(string)
	return id
}

// job returns where a job stands.
func (c *customer) job(id string) *servicetest.Job {
	c.t.Helper()
	j, err := c.Job(c.t.Context(), id)
	if err != nil {
		c.t.Fatal(err)
	}
	return j
}

// wait waits until the job is as it should be.
func (c *customer) wait(id, what string, done func(*servicetest.Job) bool) *servicetest.Job {
	c.t.Helper()
	j, err := c.WaitJob(c.t.Context(), patience, id, what, done)
	if err != nil {
		c.t.Fatal(err)
	}
	return j
}

// ended waits for the job's end, which has to be the status.
func (c *customer) ended(id, status string) *servicetest.Job {
	c.t.Helper()
	j := c.wait(id, "its end", func(j *servicetest.Job) bool { return j.Status != "processing" })
	if j.Status != status {
		c.t.Fatalf("job %s is %s (%s: %s), want %s", id, j.Status, j.ErrorCode, j.Error, status)
	}
	return j
}

// finished waits until the job is completed, and returns it with its result in a file.
func (c *customer) finished(id string) (*servicetest.Job, string) {
	c.t.Helper()
	j := c.ended(id, "completed")
	if j.Progress != 100 || j.OutputURL == "" || j.Output == nil {
		c.t.Fatalf("the completed job is %+v", j)
	}
	// No key is needed.
	a, err := servicetest.VideoClient{}.Do(c.t.Context(), http.MethodGet, j.OutputURL, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	if a.HTTP != http.StatusOK || int64(len(a.Body)) != j.Output.Size || a.Header.Get("Content-Type") != j.Output.Type {
		c.t.Fatalf("the result of %+v is HTTP status %d, %d bytes of %s", j.Output, a.HTTP, len(a.Body), a.Header.Get("Content-Type"))
	}
	path := filepath.Join(c.t.TempDir(), j.Output.Filename)
	if err := os.WriteFile(path, a.Body, 0o600); err != nil {
		c.t.Fatal(err)
	}
	return j, path
}

// made makes a job of an address and waits for its result.
func (c *customer) made(address string, more object) (*servicetest.Job, string) {
	c.t.Helper()
	return c.finished(c.start(address, more))
}

// balance is what the account has, such as "9.70".
func (c *customer) balance() string {
	c.t.Helper()
	a, err := c.h.Client(c.account).Do(c.t.Context(), http.MethodGet, "Contact", nil)
	if err == nil {
		err = a.Err()
	}
	if err != nil {
		c.t.Fatal(err)
	}
	return string(a.Contact.ContactAccountBalance.Amount)
}

// events returns how often each event is among the key's usage.
func (c *customer) events() map[string]int {
	c.t.Helper()
	var usage struct{ Items []struct{ Event string } }
	if err := c.ask(http.MethodGet, "/v1/usage/events?limit=100", nil).Decode(&usage); err != nil {
		c.t.Fatal(err)
	}
	all := map[string]int{}
	for _, e := range usage.Items {
		all[e.Event]++
	}
	return all
}
