package mattebox

// SweepReport counts what a sweep put right.
type SweepReport struct {
	Images      int // whose worker's lease had run out, handed back
	Deliveries  int // whose worker's lease had run out, recorded as interrupted
	Steps       int // of video jobs, whose worker's lease had run out
	Woken       int // rows that were due and had no job of late
	Interrupted int // of Deliveries, those that spent a try (webhooks.md, "One attempt")
}

// Remains are the stored bytes of an image whose time is over. They are removed
// first; then the image is marked StatusCleaned.
type Remains struct {
	Account AccountID
	Image   ImageID
	Keys    []string
}

// Backlog counts what waits for a worker.
type Backlog struct {
	Fetch, Produce, Deliver int
	Video                   int // steps of video jobs
}
