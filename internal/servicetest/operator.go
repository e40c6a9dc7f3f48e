package servicetest

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"mattebox"
)

// Image is what "mattebox images show --json" tells of an image.
type Image struct {
	Ticket     string
	ID         mattebox.ImageID
	Account    mattebox.AccountID
	Status     mattebox.Status
	Reason     string
	Comment    string
	Confidence float64
	Rejections int
	Production int `json:"productions"`
	Result     *struct{ Path, Key, ThumbnailKey string }
	History    []Move
	Deliveries []Delivery
}

// Move is an entry of an image's history.
type Move struct {
	At       time.Time
	From, To mattebox.Status
	By, Why  string
}

// Delivery is a row of "mattebox webhook log --json".
type Delivery struct {
	ID       mattebox.DeliveryID
	UID      string
	Image    mattebox.ImageID
	Subject  string // an image's ticket, an invoice's number
	Dialect  string
	Event    mattebox.EventType
	URL      string
	State    mattebox.DeliveryState
	NextAt   *time.Time
	Attempts []Attempt
}

// Attempt is one try of a delivery.
type Attempt struct {
	Number  int
	Resend  bool
	Started time.Time
	Status  int
	Class   string
	Error   string
}

// Path returns the statuses that the image went through, such as "10 30 60 70".
func (i *Image) Path() string {
	var path strings.Builder
	for n, m := range i.History {
		if n == 0 && m.From != m.To && m.From.Known() && m.From != 0 {
			fmt.Fprintf(&path, "%d ", m.From)
		}
		fmt.Fprintf(&path, "%d ", m.To)
	}
	return strings.TrimSpace(path.String())
}

// Illegal returns the moves of the history that the table of statuses forbids, or
// that do not begin where the one before ended.
func (i *Image) Illegal() []string {
	var faults []string
	for n, m := range i.History {
		begins := n == 0 && m.To == mattebox.StatusNew
		if !begins && m.From.MoveTo(m.To) != nil {
			faults = append(faults, fmt.Sprintf("%d -> %d", m.From, m.To))
		}
		if n > 0 && i.History[n-1].To != m.From {
			faults = append(faults, fmt.Sprintf("%d -> %d after %d", m.From, m.To, i.History[n-1].To))
		}
	}
	if last := len(i.History) - 1; last >= 0 && i.History[last].To != i.Status {
		faults = append(faults, fmt.Sprintf("the history ends at %d, the image stands at %d", i.History[last].To, i.Status))
	}
	return faults
}

// Show returns everything that an operator sees of an image.
func (s *Service) Show(ctx context.Context, ticket string) (*Image, error) {
	var image Image
	return &image, s.ask(ctx, &image, []string{"images", "show"}, "--json", ticket)
}

// Deliveries returns the delivery log, narrowed by flags of "mattebox webhook log".
func (s *Service) Deliveries(ctx context.Context, flags ...string) ([]Delivery, error) {
	var all []Delivery
	err := s.ask(ctx, &all, []string{"webhook", "log"}, append([]string{"--json"}, flags...)...)
	return all, err
}

// ask runs a command that prints JSON.
func (s *Service) ask(ctx context.Context, into any, words []string, args ...string) error {
	out, err := s.Command(ctx, words, args...)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(out, into); err != nil {
		return fmt.Errorf("reading what mattebox %s prints, %.300q: %w", strings.Join(words, " "), out, err)
	}
	return nil
}
