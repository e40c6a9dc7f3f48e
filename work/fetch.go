package work

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"mattebox"
	"mattebox/safehttp"
)

// FetchStore is what a Fetcher needs of the store.
type FetchStore interface {
	Leases
	ClaimFetch(ctx context.Context, lease time.Duration) (*mattebox.Fetch, error)
	FinishFetch(ctx context.Context, f mattebox.Fetch, sources []mattebox.Source) error
	FailFetch(ctx context.Context, f mattebox.Fetch, reason string, again time.Time) error
	RefuseImage(ctx context.Context, id mattebox.ImageID, held mattebox.Lease, reason string) error
}

// FetchBlobs is where a Fetcher puts sources.
type FetchBlobs interface {
	PutFile(ctx context.Context, key, path, mediaType string) error
	DeletePrefix(ctx context.Context, prefix string) error
}

// Fetcher downloads the sources of images (status 10) and makes these ready for
// production (30). What cannot be had for good ends the image (12) with a reason;
// what may be had later is tried twice more.
type Fetcher struct {
	Store  FetchStore
	Guard  Downloader
	Engine Headers
	Blobs  FetchBlobs
	Temp   string         // folder for unfinished files, on the blobs' file system if these are in a folder
	Limits Limits         // of a source
	Now    mattebox.Clock // of the store
	Lease  time.Duration  // default 30 s
	Logger *slog.Logger
	Seen   *Metrics // may be nil

	pause pause
}

// fetchPauses are the times between the tries of a download that failed for now.
func fetchPauses() []time.Duration { return []time.Duration{5 * time.Second, 30 * time.Second} }

// Run fetches the sources of the image whose turn it is. The error is of ours, not
// of the customer's address.
func (f *Fetcher) Run(ctx context.Context, _ int64) error {
	lease := orDefault(f.Lease)
	claim, err := claim(ctx, &f.pause, f.Logger, func(ctx context.Context) (*mattebox.Fetch, error) {
		return f.Store.ClaimFetch(ctx, lease)
	})
	if err != nil || claim == nil {
		return err
	}
	defer f.Seen.time("fetch", time.Now())
	g := grasp(ctx, f.Store, claim.Image.ID, claim.Lease, lease, f.Logger)
	defer g.release()
	sources, err := f.sources(g.ctx, claim)
	g.release()
	return f.end(ctx, claim, g, sources, err)
}

// Drain makes Run claim nothing more.
func (f *Fetcher) Drain() { f.pause.quit() }

// sources downloads all sources of the image, one after the other.
func (f *Fetcher) sources(ctx context.Context, claim *mattebox.Fetch) ([]mattebox.Source, error) {
	dir, err := newScratch(f.Temp, "fetch")
	if err != nil {
		return nil, err
	}
	defer dir.remove()
	var all []mattebox.Source
	for _, source := range claim.Image.Sources {
		path := dir.file("%d", source.Position)
		if err := f.source(ctx, &source, path); err != nil {
			return nil, err
		}
		source.Key = fmt.Sprintf("%s%d.%s", fetchPrefix(claim), source.Position, source.Format)
		if err := f.Blobs.PutFile(ctx, source.Key, path, "image/"+source.Format); err != nil {
			return nil, ours("storing a source", err)
		}
		all = append(all, source)
	}
	return all, nil
}

// end ends the claim with what came of it.
func (f *Fetcher) end(ctx context.Context, claim *mattebox.Fetch, g *grip, sources []mattebox.Source, err error) error {
	if err == nil {
		return f.finish(ctx, claim, sources)
	}
	f.discard(ctx, claim)
	id, held := claim.Image.ID, claim.Lease
	var fault *safehttp.Error
	last, cancel := ending(ctx)
	defer cancel()
	switch {
	case g.lost():
		f.Seen.image("lost")
		return nil
	case ctx.Err() != nil:
		f.Seen.image("handed back")
		return dropLost(f.Store.HandBack(last, id, held, false))
	case errors.As(err, &fault):
		return f.unreachable(last, claim, err, fault)
	case crashed(err):
		return f.crash(last, claim, err)
	case customers(err):
		return f.fail(last, claim, reasonOf(err), time.Time{})
	}
	if !down(err) {
		return errors.Join(err, f.again(last, claim, faulty))
	}
	f.pause.failed()
	f.Seen.image("handed back")
	return errors.Join(err, dropLost(f.Store.HandBack(last, id, held, false)))
}

func (f *Fetcher) finish(ctx context.Context, claim *mattebox.Fetch, sources []mattebox.Source) error {
	f.pause.worked()
	again, err := insist(ctx, func(ctx context.Context) error { return f.Store.FinishFetch(ctx, *claim, sources) })
	if err == nil {
		f.Seen.image("fetched")
		return nil
	}
	if errors.Is(err, mattebox.ErrLost) {
		if !again {
			f.discard(ctx, claim)
		}
		f.Seen.image("lost")
		return nil
	}
	return err // the lease runs out, and another worker fetches again
}

// unreachable ends a claim whose source could not be downloaded.
func (f *Fetcher) unreachable(ctx context.Context, claim *mattebox.Fetch, err error, fault *safehttp.Error) error {
	f.Logger.Info("source not to be had", "image", claim.Image.ID, "class", fault.Class, "address", fault.Address, "try", claim.Try)
	reason := fault.Message
	var named *sourceError
	if errors.As(err, &named) {
		reason = named.name + ": " + fault.Message
	}
	if fault.Again() {
		return f.again(ctx, claim, reason)
	}
	return f.fail(ctx, claim, reason, time.Time{})
}

// again puts a download off, or ends it after the last try.
func (f *Fetcher) again(ctx context.Context, claim *mattebox.Fetch, reason string) error {
	pauses := fetchPauses()
	if claim.Try > len(pauses) {
		return f.fail(ctx, claim, reason, time.Time{})
	}
	return f.fail(ctx, claim, reason, f.Now().Add(pauses[max(claim.Try, 1)-1]))
}

func (f *Fetcher) fail(ctx context.Context, claim *mattebox.Fetch, reason string, again time.Time) error {
	outcome := "fetch failed"
	if !again.IsZero() {
		outcome = "fetch put off"
	}
	f.Seen.image(outcome)
	return dropLost(f.Store.FailFetch(ctx, *claim, reason, again))
}

// crash ends a claim whose source the engine crashed over.
func (f *Fetcher) crash(ctx context.Context, claim *mattebox.Fetch, err error) error {
	f.Logger.Warn("engine crashed over a source", "image", claim.Image.ID, "crashes", claim.Image.Crashes+1, "error", err)
	f.Seen.image("crashed")
	if claim.Image.Crashes+1 >= maxCrashes {
		return dropLost(f.Store.RefuseImage(ctx, claim.Image.ID, claim.Lease, crashedTwice))
	}
	return dropLost(f.Store.HandBack(ctx, claim.Image.ID, claim.Lease, true))
}

// discard removes what the claim has stored. Left-overs go with the image.
func (f *Fetcher) discard(ctx context.Context, claim *mattebox.Fetch) {
	last, cancel := ending(ctx)
	defer cancel()
	if err := f.Blobs.DeletePrefix(last, fetchPrefix(claim)); err != nil {
		f.Logger.Warn("sources not removed", "image", claim.Image.ID, "error", err)
	}
}

// fetchPrefix is where a claim's sources lie: each claim has its own place.
func fetchPrefix(claim *mattebox.Fetch) string {
	return fmt.Sprintf("%d/%d/source-%d/", claim.Image.Account, claim.Image.ID, claim.Lease.Fence)
}

// defaultLease bounds how long an image waits for another worker after its own was
// killed. Renewals make it last as long as the work does.
const defaultLease = 30 * time.Second

func orDefault(lease time.Duration) time.Duration {
	if lease <= 0 {
		return defaultLease
	}
	return lease
}

// dropLost makes nothing of a claim that has passed to another worker.
func dropLost(err error) error {
	if errors.Is(err, mattebox.ErrLost) {
		return nil
	}
	return err
}
