package e2e

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"mattebox"
	"mattebox/internal/servicetest"
)

// TestCrashRounds kills the service with SIGKILL at random moments of submitting,
// producing and delivering. Whatever was acknowledged is finished and delivered in
// the end; nothing is made or sent twice; every move of every image is legal.
func TestCrashRounds(t *testing.T) {
	onBoth(t, settings{}, func(t *testing.T, h *house) {
		seed := uint64(time.Now().UnixNano())
		t.Logf("seed %d", seed)
		r := &rounds{house: h, c: h.customer(t), random: rand.New(rand.NewPCG(seed, 0)), tickets: map[string]bool{}}
		r.template = r.c.template(fields{"backgroundType": "0", "templateOutputFormat": "JPG"})
		n := servicetest.Rounds(t)
		for round := range n {
			r.round(t, round)
		}
		begun := time.Now()
		r.settle(t)
		t.Logf("%d images over %d rounds, %d webhooks, all delivered %.1f s after the last start",
			len(r.tickets), n, len(h.receiver.Posts("rounds")), time.Since(begun).Seconds())
		r.check(t)
	})
}

// rounds submits images and kills the service under them.
type rounds struct {
	*house
	c        *customer
	template int
	random   *rand.Rand

	mu      sync.Mutex
	tickets map[string]bool // acknowledged
}

// perRound is how many images are submitted in a round, of which every fourth is
// cut out by the network: the others would be too quick to be caught in the act.
const perRound = 8

// round submits images, kills the service at a random moment and starts it again.
// The first half of the rounds aims at submitting and downloading, the others at
// what comes after; wherever it hits is good.
func (r *rounds) round(t *testing.T, round int) {
	var work sync.WaitGroup
	for i := range perRound {
		work.Go(func() { r.submit(t, fmt.Sprintf("%d-%d", round, i), i%4 == 0) })
	}
	window := 300 * time.Millisecond
	if round%2 == 1 {
		window = 4 * time.Second
	}
	pause(time.Duration(r.random.Int64N(int64(window))))
	engines := servicetest.Children(r.Pid())
	if err := r.Kill(); err != nil {
		t.Fatal(err)
	}
	work.Wait()
	until(t, 20*time.Second, "the engines of the killed service to end", func() bool {
		return !slices.ContainsFunc(engines, servicetest.Lives)
	})
	if err := r.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// pause is the random moment itself, not a wait for something.
func pause(d time.Duration) { <-time.After(d) }

// submit orders one image and remembers its ticket when it was acknowledged.
func (r *rounds) submit(t *testing.T, id string, cutOut bool) {
	f := fields{"imageURL": r.small(), "customerImageId": id, "imageCallbackURL": r.receiver.At("rounds")}
	if !cutOut {
		f["templateId"] = r.template
	}
	a, err := r.c.Do(t.Context(), http.MethodPost, "Image", f)
	if err != nil || a.Err() != nil {
		return // not acknowledged
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tickets[a.ImageTicket] = true
}

// settle waits until every acknowledged image is delivered.
func (r *rounds) settle(t *testing.T) {
	t.Helper()
	for ticket := range r.tickets {
		s, err := r.c.WaitStatus(t.Context(), 5*time.Minute, ticket, 80)
		if err != nil {
			t.Errorf("%v; last at %+v", err, s)
		}
	}
}

// check compares what the customer saw with what the service remembers. Images that
// were stored without the customer hearing of it are in the list, too, and must be
// as good as the others.
func (r *rounds) check(t *testing.T) {
	t.Helper()
	all := map[string]bool{}
	for page := 1; ; page++ {
		list := r.c.do(http.MethodGet, "Images", fields{"imagesPerPage": 100, "page": page}).Images
		for _, image := range list {
			if all[image.ImageTicket] {
				t.Errorf("image %s is listed twice", image.ImageTicket)
			}
			all[image.ImageTicket] = true
		}
		if len(list) < 100 {
			break
		}
	}
	for ticket := range r.tickets {
		if !all[ticket] {
			t.Errorf("the acknowledged image %s is lost", ticket)
		}
	}
	posts := map[string]int{} // by delivery
	for _, p := range r.receiver.Posts("rounds") {
		posts[p.UID()]++
	}
	deliveries := 0
	for ticket := range all {
		r.c.wait(ticket, 80)
		deliveries += r.checkImage(t, ticket, posts)
	}
	if len(posts) > deliveries {
		t.Errorf("the receiver saw %d deliveries, the service knows of %d", len(posts), deliveries)
	}
}

// checkImage looks at one image and returns how many deliveries it has.
func (r *rounds) checkImage(t *testing.T, ticket string, posts map[string]int) int {
	t.Helper()
	image, err := r.Show(t.Context(), ticket)
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range image.Illegal() {
		t.Errorf("image %s: illegal move %s", ticket, fault)
	}
	finished := 0
	for _, m := range image.History {
		if m.To == mattebox.StatusFinished {
			finished++
		}
	}
	if finished != 1 || len(image.Deliveries) != 1 {
		t.Errorf("image %s was finished %d times with %d deliveries, want one of each", ticket, finished, len(image.Deliveries))
	}
	for _, d := range image.Deliveries {
		checkDelivery(t, ticket, d, posts[d.UID])
	}
	return len(image.Deliveries)
}

func checkDelivery(t *testing.T, ticket string, d servicetest.Delivery, posts int) {
	t.Helper()
	if d.State != mattebox.DeliveryDelivered {
		t.Errorf("image %s: its delivery is %s", ticket, d.State)
	}
	scheduled, interrupted := 0, 0
	for _, a := range d.Attempts {
		if a.Class == mattebox.AttemptInterrupted {
			interrupted++
		} else {
			scheduled++
		}
	}
	if posts > len(d.Attempts) || posts < 1 {
		t.Errorf("image %s: the receiver saw %d requests, %d attempts are on record", ticket, posts, len(d.Attempts))
	}
	if scheduled > 4 || interrupted > 3 {
		t.Errorf("image %s: %d tries and %d interruptions", ticket, scheduled, interrupted)
	}
}
