package work_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mattebox"
	"mattebox/engine/pool"
	"mattebox/safehttp"
)

func TestFetch(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		id := h.submit(mattebox.Order{}, h.site.picture(8, 6), "", h.site.picture(3, 4))
		must(t, h.fetcher().Run(t.Context(), 0))
		i := h.expect(id, mattebox.StatusReady, "")
		first, second := pngOf(8, 6), pngOf(3, 4)
		prefix := fmt.Sprintf("%d/%d/source-1/", h.account, id)
		want := []mattebox.Source{
			{Position: 1, URL: h.site.picture(8, 6), Key: prefix + "1.png", Bytes: int64(len(first)), Format: "png", Width: 8, Height: 6},
			{Position: 3, URL: h.site.picture(3, 4), Key: prefix + "3.png", Bytes: int64(len(second)), Format: "png", Width: 3, Height: 4},
		}
		if diff := cmp.Diff(want, i.Sources); diff != "" {
			t.Error(diff)
		}
		if h.content(prefix+"1.png") != string(first) || h.content(prefix+"3.png") != string(second) {
			t.Error("the stored bytes are not the downloaded ones")
		}
		h.tidy(prefix+"1.png", prefix+"3.png")
		must(t, h.fetcher().Run(t.Context(), 0)) // nothing to do
	})
}

func TestFetchThatFailsForGood(t *testing.T) {
	h := onSQLite(t, nil)
	good := h.site.picture(8, 8)
	for _, tt := range []struct {
		name, source, second string
		reason               string
	}{
		{"not there", h.site.URL + "/status/404", "", "imageURL: the server answered 404 Not Found"},
		{"the second is not there", good, h.site.URL + "/status/410", "imageURL2: the server answered 410 Gone"},
		{"no picture", h.site.URL + "/page", "", "imageURL: "},
		{"blocked", "http://127.0.0.2/a.png", "", "imageURL: the address is not one that this service may call"},
		{"too many pixels", h.site.picture(20000, 6000), "", "imageURL: the picture is 20000 x 6000 pixels; at most 100 million"},
		{"too long a side", h.site.picture(70000, 2), "", "imageURL: the picture is 70000 x 2 pixels"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			id := h.submit(mattebox.Order{}, tt.source, tt.second)
			must(t, h.fetcher().Run(t.Context(), 0))
			i := h.expect(id, mattebox.StatusDownloadFailed, tt.reason)
			if strings.Contains(i.Reason, "127.0.0") {
				t.Errorf("the reason tells of our network: %s", i.Reason)
			}
			h.tidy()
		})
	}
}

func TestFetchOfABrokenFile(t *testing.T) {
	h := onSQLite(t, nil)
	h.engine.failing(func(context.Context, pool.Op, int) error {
		return mattebox.Wrap(mattebox.CodeInvalid, errors.New("/tmp/x: bad huffman"), "the file is a damaged PNG")
	})
	id := h.submit(mattebox.Order{}, h.site.picture(8, 8))
	must(t, h.fetcher().Run(t.Context(), 0))
	if i := h.expect(id, mattebox.StatusDownloadFailed, "imageURL: the file is a damaged PNG"); strings.Contains(i.Reason, "huffman") {
		t.Errorf("the cause is not the customer's to read: %s", i.Reason)
	}
	h.tidy()
}

func TestFetchIsTriedAgain(t *testing.T) {
	h := onSQLite(t, nil)
	id := h.submit(mattebox.Order{}, h.site.URL+"/status/503")
	f := h.fetcher()
	const reason = "imageURL: the server answered 503 Service Unavailable"
	for _, pause := range []time.Duration{5 * time.Second, 30 * time.Second} {
		must(t, f.Run(t.Context(), 0))
		h.expect(id, mattebox.StatusNew, reason)
		h.clock.advance(pause - time.Second)
		must(t, f.Run(t.Context(), 0)) // not due
		h.expect(id, mattebox.StatusNew, reason)
		h.clock.advance(time.Second)
	}
	must(t, f.Run(t.Context(), 0))
	h.expect(id, mattebox.StatusDownloadFailed, reason)
	h.tidy()
}

func TestFetchSucceedsAtTheSecondTry(t *testing.T) {
	h := onSQLite(t, nil)
	id := h.submit(mattebox.Order{}, h.site.picture(8, 8))
	f := h.fetcher()
	f.Guard = broken{}
	must(t, f.Run(t.Context(), 0))
	h.expect(id, mattebox.StatusNew, "imageURL: nobody answers")
	h.clock.advance(5 * time.Second)
	f.Guard = h.guard
	must(t, f.Run(t.Context(), 0))
	h.expect(id, mattebox.StatusReady, "")
}

// broken is a network on which nobody answers.
type broken struct{}

func (broken) Download(context.Context, string, io.Writer, safehttp.Limits) (safehttp.Downloaded, error) {
	return safehttp.Downloaded{}, &safehttp.Error{Class: safehttp.ClassRefused, Message: "nobody answers", Err: errors.New("dial 10.0.0.7")}
}

func TestFetchOverWhichTheEngineCrashes(t *testing.T) {
	h := onSQLite(t, nil)
	h.engine.failing(func(context.Context, pool.Op, int) error { return crash() })
	id := h.submit(mattebox.Order{}, h.site.picture(8, 8))
	f := h.fetcher()
	must(t, f.Run(t.Context(), 0))
	if i := h.expect(id, mattebox.StatusNew, ""); i.Crashes != 1 {
		t.Errorf("%d crashes are counted", i.Crashes)
	}
	must(t, f.Run(t.Context(), 0))
	h.expect(id, mattebox.StatusRefused, "the engine fail twice")
	h.tidy()
}

func TestFetchWithoutAnEngine(t *testing.T) {
	h := onSQLite(t, nil)
	h.engine.failing(func(context.Context, pool.Op, int) error {
		return mattebox.Errorf(mattebox.CodeUnavailable, "no child can be started")
	})
	id := h.submit(mattebox.Order{}, h.site.picture(8, 8))
	f := h.fetcher()
	began := time.Now() // before the pause begins, which is at the end of the first
	if err := f.Run(t.Context(), 0); mattebox.CodeOf(err) != mattebox.CodeUnavailable {
		t.Errorf("Run = %v", err)
	}
	h.expect(id, mattebox.StatusNew, "")
	h.tidy()
	if err := f.Run(t.Context(), 0); err == nil || time.Since(began) < 400*time.Millisecond {
		t.Errorf("the next one did not pause: %v after %v", err, time.Since(began))
	}
	h.engine.failing(nil)
	must(t, f.Run(t.Context(), 0))
	h.expect(id, mattebox.StatusReady, "")
}

func TestFetchThatIsStopped(t *testing.T) {
	h := onSQLite(t, nil)
	id := h.submit(mattebox.Order{}, h.site.URL+"/wait")
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- h.fetcher().Run(ctx, 0) }()
	receive(t, h.site.arrived, "the request")
	cancel()
	if err := receive(t, ended, "the end"); err != nil {
		t.Error(err)
	}
	h.expect(id, mattebox.StatusNew, "")
	h.tidy()
	close(h.site.hold)
	must(t, h.fetcher().Run(t.Context(), 0)) // another takes it at once
	h.expect(id, mattebox.StatusReady, "")
}

// The lease runs out while a fetcher hangs (its renewals do not come through), and
// another fetches: what the first one brings late changes nothing.
func TestFetchThatLostItsLease(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		id := h.submit(mattebox.Order{}, h.site.URL+"/wait/shoe.8x8.png")
		ended := make(chan error, 1)
		go func() { ended <- h.fetcher().Run(t.Context(), 0) }()
		receive(t, h.site.arrived, "the request")
		h.clock.advance(time.Minute)
		second := make(chan error, 1)
		go func() { second <- h.fetcher().Run(t.Context(), 0) }()
		receive(t, h.site.arrived, "the second request")
		close(h.site.hold)
		if err := errors.Join(receive(t, ended, "the first's end"), receive(t, second, "the second's end")); err != nil {
			t.Error(err)
		}
		i := h.expect(id, mattebox.StatusReady, "")
		h.tidy(i.Sources[0].Key)
	})
}

func TestADrainedFetcherClaimsNothing(t *testing.T) {
	h := onSQLite(t, nil)
	id := h.submit(mattebox.Order{}, h.site.picture(8, 8))
	f := h.fetcher()
	f.Drain()
	f.Drain()
	must(t, f.Run(t.Context(), 0))
	h.expect(id, mattebox.StatusNew, "")
}
