package mattebox

import "slices"

// Status is where an image stands, with the numbers of the wire (contracts A16).
// Which moves are allowed is the table of moves below, drawn in docs/status.md.
type Status int

// The statuses.
const (
	StatusDeleted        Status = 0   // by the customer
	StatusNew            Status = 10  // its sources are being downloaded
	StatusDownloadFailed Status = 12  // a source could not be had
	StatusUnpaid         Status = 20  // deprecated; no image of ours gets here
	StatusReady          Status = 30  // for production
	StatusReturned       Status = 40  // rejected by the customer, to be produced again
	StatusProduction     Status = 60  // an engine works on it
	StatusAssigned       Status = 62  // to an operator
	StatusWithEditor     Status = 64  // the operator has its files
	StatusQuality        Status = 66  // waits for an operator's judgement
	StatusFinished       Status = 70  // ready for download
	StatusFailedOnce     Status = 72  // first delivery attempt failed
	StatusFailedTwice    Status = 74  // second
	StatusFailedThrice   Status = 76  // third
	StatusUndelivered    Status = 78  // delivery failed for good
	StatusDelivered      Status = 80  // webhook accepted, or downloaded
	StatusRefused        Status = 90  // by us
	StatusQuestion       Status = 95  // awaiting the customer's reply
	StatusClosed         Status = 100 // its retention time is over
	StatusCleaned        Status = 999 // its files are removed
)

// moves returns the whole machine: from each status, where an image may go.
func moves() map[Status][]Status {
	finished := []Status{StatusDelivered, StatusReturned, StatusClosed}
	judged := []Status{StatusFinished, StatusQuestion, StatusRefused, StatusReturned}
	return map[Status][]Status{
		StatusNew:            {StatusReady, StatusDownloadFailed, StatusRefused, StatusDeleted},
		StatusDownloadFailed: {StatusNew, StatusDeleted, StatusClosed},
		StatusReady:          {StatusProduction, StatusRefused, StatusQuestion, StatusDeleted},
		StatusReturned:       {StatusProduction, StatusRefused, StatusQuestion, StatusDeleted},
		// Back to where it came from when the engine or the machine stops.
		StatusProduction: {StatusQuality, StatusFinished, StatusRefused, StatusReady, StatusReturned},
		StatusQuality:    append([]Status{StatusAssigned, StatusWithEditor}, judged...),
		StatusAssigned:   append([]Status{StatusQuality, StatusWithEditor}, judged...),
		StatusWithEditor: append([]Status{StatusQuality, StatusAssigned}, judged...),
		StatusQuestion:   {StatusReady, StatusReturned, StatusQuality, StatusFinished, StatusRefused, StatusClosed},

		StatusFinished:     append([]Status{StatusFailedOnce}, finished...),
		StatusFailedOnce:   append([]Status{StatusFailedTwice}, finished...),
		StatusFailedTwice:  append([]Status{StatusFailedThrice}, finished...),
		StatusFailedThrice: append([]Status{StatusUndelivered}, finished...),
		StatusUndelivered:  finished,
		StatusDelivered:    {StatusReturned, StatusClosed},

		StatusRefused: {StatusClosed},
		StatusDeleted: {StatusCleaned},
		StatusClosed:  {StatusCleaned},
		StatusUnpaid:  {StatusReady, StatusDeleted},
		StatusCleaned: nil,
	}
}

// Statuses returns all statuses in ascending order.
func Statuses() []Status {
	var all []Status
	for s := range moves() {
		all = append(all, s)
	}
	slices.Sort(all)
	return all
}

// Known reports whether s is a status of the table.
func (s Status) Known() bool {
	_, known := moves()[s]
	return known
}

// Moves returns where an image at s may go, in ascending order.
func (s Status) Moves() []Status {
	to := slices.Clone(moves()[s])
	slices.Sort(to)
	return to
}

// From returns the statuses that may move to s, in ascending order: what the
// store's statements name in their WHERE.
func (s Status) From() []Status {
	var from []Status
	for f, to := range moves() {
		if slices.Contains(to, s) {
			from = append(from, f)
		}
	}
	slices.Sort(from)
	return from
}

// MoveTo returns nil when an image at s may go to next, else a CodeConflict error.
func (s Status) MoveTo(next Status) error {
	if slices.Contains(moves()[s], next) {
		return nil
	}
	return Errorf(CodeConflict, "an image with status %d (%s) cannot become %d (%s)", s, s.Name(), next, next.Name())
}

// Deletable reports whether the customer may still delete the image: before
// production (contracts F17).
func (s Status) Deletable() bool {
	return s.MoveTo(StatusDeleted) == nil
}

// Rejectable reports whether the customer may reject the image: it is finished,
// and not closed (contracts F16).
func (s Status) Rejectable() bool { return s >= StatusFinished && s <= StatusDelivered }

// Done reports whether the image has a result for the customer: what
// ProductIdStatistic counts as DoneCount (contracts A9).
func (s Status) Done() bool { return s.Rejectable() || s == StatusClosed }

// Waiting reports whether the image waits for work of ours: what ProductIdStatistic
// counts as TodoCount. Deleted, refused, failed and cleaned images are neither.
func (s Status) Waiting() bool {
	return s >= StatusNew && s <= StatusQuality && s != StatusDownloadFailed || s == StatusQuestion
}

// AfterFailure returns the status after the n-th failed delivery attempt (1..4) of
// an image: 72, 74, 76, 78 (contracts F4).
func AfterFailure(n int) Status {
	return StatusFailedOnce + Status(2*min(max(n-1, 0), 3))
}

// Name returns the StatusName of the wire. "Production Finished" and "Delivered"
// are the seed's; the others follow its explanations.
func (s Status) Name() string {
	switch s {
	case StatusDeleted:
		return "Deleted"
	case StatusNew:
		return "New"
	case StatusDownloadFailed:
		return "Download Failed"
	case StatusUnpaid:
		return "Waiting For Payment"
	case StatusReady:
		return "Ready For Production"
	case StatusReturned:
		return "Returned For Production"
	case StatusProduction:
		return "In Production"
	case StatusAssigned:
		return "Assigned To Editor"
	case StatusWithEditor:
		return "Downloaded By Editor"
	case StatusQuality:
		return "Quality Assurance"
	case StatusFinished:
		return "Production Finished"
	}
	return s.lateName()
}

// lateName is Name for what comes after production.
func (s Status) lateName() string {
	switch s {
	case StatusFailedOnce:
		return "1st Delivery Attempt Failed"
	case StatusFailedTwice:
		return "2nd Delivery Attempt Failed"
	case StatusFailedThrice:
		return "3rd Delivery Attempt Failed"
	case StatusUndelivered:
		return "Delivery Failed"
	case StatusDelivered:
		return "Delivered"
	case StatusRefused:
		return "Rejected"
	case StatusQuestion:
		return "Awaiting Your Reply"
	case StatusClosed:
		return "Closed"
	case StatusCleaned:
		return "Deleted By Cleanup"
	}
	return "Unknown"
}
