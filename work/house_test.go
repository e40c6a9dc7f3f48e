package work_test

import (
	"io"
	"io/fs"
	"log/slog"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"mattebox"
	"mattebox/blobs"
	"mattebox/internal/pgtest"
	"mattebox/queue"
	"mattebox/safehttp"
	"mattebox/store"
	"mattebox/store/postgres"
	"mattebox/store/sqlite"
	"mattebox/work"
)

// house is the machinery around the workers: real databases, queue, files, network.
// Only the engine's children are stood in for.
type house struct {
	t        testing.TB
	store    *store.Store
	queue    *queue.Queue
	blobs    *blobs.Store
	folder   string // of the blobs
	temp     string
	guard    *safehttp.Client
	engine   *engine
	site     *site
	links    mattebox.Links
	clock    *clock
	log      *slog.Logger
	account  mattebox.AccountID
	database *store.DB
}

// each runs the test on both databases.
func each(t *testing.T, test func(t *testing.T, h *house)) {
	t.Run("sqlite", func(t *testing.T) { test(t, onSQLite(t, nil)) })
	t.Run("postgres", func(t *testing.T) {
		db, err := postgres.Open(t.Context(), pgtest.URL(t))
		if err != nil {
			t.Fatal(err)
		}
		test(t, newHouse(t, db, nil))
	})
}

func onSQLite(t *testing.T, workers func(*house) map[mattebox.Kind]queue.Worker) *house {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "mattebox.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	return newHouse(t, db, workers)
}

func newHouse(t testing.TB, db *store.DB, workers func(*house) map[mattebox.Kind]queue.Worker) *house {
	t.Helper()
	h := &house{t: t, folder: t.TempDir(), temp: t.TempDir(), engine: &engine{}, clock: &clock{}, database: db}
	t.Cleanup(func() { db.Close() })
	h.log = slog.New(slog.NewTextHandler(t.Output(), nil))
	h.site = newSite(t)
	h.links = mattebox.Links{Public: "https://house.test", Secret: []byte("secret"), Valid: time.Hour, Now: h.clock.now}
	h.guard = safehttp.New(safehttp.Config{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}})
	t.Cleanup(h.guard.Close)
	var err error
	if h.blobs, err = blobs.Open(t.Context(), h.folder); err != nil {
		t.Fatal(err)
	}
	lite := db.Dialect.Name() == "sqlite"
	must(t, store.Migrate(t.Context(), db))
	must(t, queue.Migrate(t.Context(), db.Writer, lite))
	keys, err := store.ParseKeys(strings.Repeat("ab", 32))
	must(t, err)
	config := queue.Config{DB: db.Writer, SQLite: lite, Logger: h.log}
	if workers != nil {
		config.Workers = workers(h)
	}
	h.queue, err = queue.New(config)
	must(t, err)
	h.store = store.New(db, keys, h.queue, h.clock.now)
	a, _, err := h.store.CreateAccount(t.Context(), mattebox.Account{Email: "a@b.test", Contact: mattebox.Contact{Name: "A"}, Balance: mattebox.Money{Currency: mattebox.USD}, Review: mattebox.ReviewNone})
	must(t, err)
	h.account = a.ID
	return h
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// clock is real time and what the test has put on top.
type clock struct {
	mu    sync.Mutex
	ahead time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.ahead)
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
}

func (h *house) fetcher() *work.Fetcher {
	return &work.Fetcher{Store: h.store, Guard: h.guard, Engine: h.engine, Blobs: h.blobs, Temp: h.temp, Now: h.clock.now, Logger: h.log}
}

func (h *house) producer() *work.Producer {
	return &work.Producer{Store: h.store, Engine: h.engine, Blobs: h.blobs, Links: h.links, Temp: h.temp, Logger: h.log}
}

func (h *house) deliverer() *work.Deliverer {
	return &work.Deliverer{Store: h.store, Client: h.guard, Now: h.clock.now, Logger: h.log}
}

// submit orders an image with the sources.
func (h *house) submit(o mattebox.Order, sources ...string) mattebox.ImageID {
	h.t.Helper()
	return h.submitWith(0, o, sources...)
}

func (h *house) submitWith(template mattebox.TemplateID, o mattebox.Order, sources ...string) mattebox.ImageID {
	h.t.Helper()
	i, err := h.store.SubmitImage(h.t.Context(), mattebox.Submission{Account: h.account, TemplateID: template, SourceURLs: sources, Order: o})
	must(h.t, err)
	return i.ID
}

// ready orders images that are fetched.
func (h *house) ready(o mattebox.Order, source string) mattebox.ImageID {
	h.t.Helper()
	id := h.submit(o, source)
	must(h.t, h.fetcher().Run(h.t.Context(), 0))
	return id
}

func (h *house) image(id mattebox.ImageID) *mattebox.Image {
	h.t.Helper()
	i, err := h.store.ImageByID(h.t.Context(), id)
	must(h.t, err)
	return i
}

// expect checks an image's status and that its reason contains the text.
func (h *house) expect(id mattebox.ImageID, status mattebox.Status, reason string) *mattebox.Image {
	h.t.Helper()
	i := h.image(id)
	if i.Status != status || !strings.Contains(i.Reason, reason) || reason == "" && i.Reason != "" {
		h.t.Errorf("image %d has status %d (%s), reason %q; want %d, %q", id, i.Status, i.Status.Name(), i.Reason, status, reason)
	}
	return i
}

// tidy checks that no temporary file and no blob is there but the wanted ones.
func (h *house) tidy(blobs ...string) {
	h.t.Helper()
	if left := files(h.t, h.temp); len(left) > 0 {
		h.t.Errorf("temporary files are left: %q", left)
	}
	got := strings.Join(files(h.t, h.folder), " ")
	if want := strings.Join(blobs, " "); got != want {
		h.t.Errorf("blobs:\n%q, want\n%q", got, want)
	}
}

func files(t testing.TB, root string) (found []string) {
	t.Helper()
	must(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(root, path)
			found = append(found, rel)
		}
		return err
	}))
	return found
}

func (h *house) content(key string) string {
	h.t.Helper()
	b, err := h.blobs.Get(h.t.Context(), key)
	must(h.t, err)
	defer b.Close()
	all, err := io.ReadAll(b)
	must(h.t, err)
	return string(all)
}

// bucket serves an empty bucket by the S3 protocol.
func bucket(t *testing.T) *blobs.Store {
	t.Helper()
	backend := s3mem.New()
	must(t, backend.CreateBucket("pictures"))
	server := httptest.NewServer(gofakes3.New(backend).Server())
	t.Cleanup(server.Close)
	t.Setenv("AWS_ACCESS_KEY_ID", "key")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	s, err := blobs.Open(t.Context(), "s3://pictures?region=us-east-1&use_path_style=true&endpoint="+server.URL)
	must(t, err)
	t.Cleanup(func() { s.Close() })
	return s
}

const patience = 20 * time.Second

func receive[T any](t testing.TB, c <-chan T, what string) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(patience):
		t.Fatalf("%s did not come", what)
		panic("unreachable")
	}
}

// await polls until ok.
func await(t testing.TB, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(patience)
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("%s did not come", what)
		}
	}
}
