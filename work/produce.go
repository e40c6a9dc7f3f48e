package work

import (
	"context"
	"log/slog"
	"time"

	"mattebox"
	"mattebox/blobs"
	"mattebox/engine/pool"
)

// ProduceStore is what a Producer needs of the store.
type ProduceStore interface {
	Leases
	ClaimProduction(ctx context.Context, lease time.Duration) (*mattebox.Production, error)
	FinishImage(ctx context.Context, f mattebox.Finished) error
	RefuseImage(ctx context.Context, id mattebox.ImageID, held mattebox.Lease, reason string) error
}

// Engine makes pictures in child processes.
type Engine interface {
	Measure(ctx context.Context, t pool.Task) (*pool.Measured, error)
	Remove(ctx context.Context, t pool.Task) (*pool.Report, error)
}

// ProduceBlobs is where a Producer finds sources and puts results.
type ProduceBlobs interface {
	Local(key string) (path string, ok bool)
	Get(ctx context.Context, key string) (*blobs.Blob, error)
	PutFile(ctx context.Context, key, path, mediaType string) error
	Folders(ctx context.Context, prefix string) ([]string, error)
	DeletePrefix(ctx context.Context, prefix string) error
}

// Producer makes the results of images that are ready (30) or returned (40). An
// engine's children are what is scarce, and a Run holds one only while it computes:
// with a few more Runs at a time than there are children, the next pictures' files
// are there and the last ones' are being stored while all children are busy.
type Producer struct {
	Store  ProduceStore
	Engine Engine
	Blobs  ProduceBlobs
	Links  mattebox.Links // of results, in webhooks
	Temp   string         // folder for unfinished files, on the blobs' file system if these are in a folder
	Lease  time.Duration  // default 30 s
	Logger *slog.Logger
	Seen   *Metrics // may be nil

	// Together is how many pictures of a product are in hand at a time; default 2.
	Together int

	pause pause
}

// Run produces what is next: one image, or those of a product. The error is of
// ours, not of a picture.
func (p *Producer) Run(ctx context.Context, _ int64) error {
	lease := orDefault(p.Lease)
	claim, err := claim(ctx, &p.pause, p.Logger, func(ctx context.Context) (*mattebox.Production, error) {
		return p.Store.ClaimProduction(ctx, lease)
	})
	if err != nil || claim == nil {
		return err
	}
	orders := make([]*order, len(claim.Images))
	for i, c := range claim.Images {
		orders[i] = &order{Producer: p, claim: c, grip: grasp(ctx, p.Store, c.Image.ID, c.Lease, lease, p.Logger)}
		defer orders[i].grip.release()
	}
	dir, err := newScratch(p.Temp, "produce")
	if err != nil {
		return endAll(ctx, orders, err)
	}
	defer dir.remove()
	for _, o := range orders {
		o.dir = dir
	}
	if len(orders) == 1 {
		return orders[0].end(ctx, orders[0].make(claim.Scale, nil))
	}
	return p.product(ctx, orders, claim.Scale)
}

// Drain makes Run claim nothing more.
func (p *Producer) Drain() { p.pause.quit() }
