package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"

	"mattebox"
	"mattebox/billing"
)

// house is a service's data folder without a server, and the commands on it.
type house struct {
	t    *testing.T
	data string
}

func newHouse(t *testing.T) *house { return &house{t, t.TempDir()} }

// run runs a command of the service on the folder.
func (h *house) run(args ...string) result {
	h.t.Helper()
	return runIn(h.t, h.t.Context(), nil, append(args, "--data", h.data)...)
}

// reads runs a command that prints JSON.
func (h *house) reads(into any, args ...string) {
	h.t.Helper()
	r := h.run(append(args, "--json")...)
	r.wantCode(h.t, exitDone)
	if err := json.Unmarshal([]byte(r.stdout), into); err != nil {
		h.t.Fatalf("%v: %s", err, r.stdout)
	}
}

// account opens an account.
func (h *house) account(email string, flags ...string) newKeys {
	h.t.Helper()
	var keys newKeys
	h.reads(&keys, append([]string{"account", "create", "--email", email, "--name", "Test"}, flags...)...)
	return keys
}

// records opens the rows behind the commands' backs.
func (h *house) records() *records {
	h.t.Helper()
	r, err := (&DataFlags{Data: h.data}).open(h.t.Context(), &App{Context: h.t.Context()})
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { r.close() })
	r.Prices = billing.DefaultPrices()
	return r
}

// atQuality orders an image for the account and takes it to where it waits for an
// operator, with a result of the bytes.
func (h *house) atQuality(email, callback string, picture []byte) *mattebox.Image {
	h.t.Helper()
	ctx, r := h.t.Context(), h.records()
	account, err := r.AccountByEmail(ctx, email)
	if err != nil {
		h.t.Fatal(err)
	}
	image, err := r.SubmitImage(ctx, mattebox.Submission{
		Account: account.ID, SourceURLs: []string{"https://shop.example/cup.jpg"},
		Order: mattebox.Order{CustomerImageID: "cup", CallbackURL: callback},
	})
	if err != nil {
		h.t.Fatal(err)
	}
	fetch, err := r.ClaimFetch(ctx, time.Minute)
	if err != nil {
		h.t.Fatal(err)
	}
	sources := fetch.Image.Sources
	sources[0].Key, sources[0].Format, sources[0].Width, sources[0].Height = h.stores(image, "source", picture), "png", 600, 400
	if err := r.FinishFetch(ctx, *fetch, sources); err != nil {
		h.t.Fatal(err)
	}
	production, err := r.ClaimProduction(ctx, time.Minute)
	if err != nil {
		h.t.Fatal(err)
	}
	err = r.FinishImage(ctx, mattebox.Finished{
		Image: image.ID, Lease: production.Images[0].Lease, Status: mattebox.StatusQuality, Reason: "a test", Confidence: .5,
		Result: mattebox.Result{Name: "cup.png", Key: h.stores(image, "result", picture), MediaType: "image/png", Width: 600, Height: 400, Bytes: int64(len(picture))},
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return image
}

// stores puts bytes where the service has them, and returns their key.
func (h *house) stores(image *mattebox.Image, name string, data []byte) string {
	h.t.Helper()
	key := fmt.Sprintf("%d/%d/%s-%s/%s", image.Account, image.ID, name, uuid.NewString(), name)
	path := filepath.Join(h.data, blobsName, key)
	if err := os.MkdirAll(filepath.Dir(path), dataMode); err != nil {
		h.t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		h.t.Fatal(err)
	}
	return key
}

// bytesOf returns what is stored under the key.
func (h *house) bytesOf(key string) []byte {
	h.t.Helper()
	data, err := os.ReadFile(filepath.Join(h.data, blobsName, key))
	if err != nil {
		h.t.Fatal(err)
	}
	return data
}

// field returns one field of a form.
func field(t *testing.T, form []byte, name string) string {
	t.Helper()
	values, err := url.ParseQuery(string(form))
	if err != nil {
		t.Fatal(err)
	}
	return values.Get(name)
}

// withTimeout bounds what waits for others.
func withTimeout(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}
