package rtb

import (
	"strings"

	"mattebox"
)

// imageRef is how DELETE, REJECT and GET Status name their image.
type imageRef struct {
	ImageTicket     string `rtb:"imageTicket,required"`
	CustomerImageID string `rtb:"customerImageId"`
}

// ref returns what the store looks an image up by. A ticket that is no GUID is
// nobody's, and is answered like any unknown one.
func (r imageRef) ref() (mattebox.ImageRef, error) {
	ref := mattebox.ImageRef{Ticket: strings.ToLower(strings.TrimSpace(r.ImageTicket))}
	if ref.ByCustomer() {
		if r.CustomerImageID == "" {
			return ref, missing("customerImageId")
		}
		ref.CustomerImageID = r.CustomerImageID
		return ref, nil
	}
	if !isGUID(ref.Ticket) {
		return ref, noImage(mattebox.Errorf(mattebox.CodeNotFound, "the ticket is no GUID"))
	}
	return ref, nil
}

// noImage turns the store's words for an image that is not there, or not where it has
// to be, into the API's.
func noImage(err error) error {
	return renamed(err, mattebox.CodeNotFound, Fault{Code: ImageNotFound, Message: "Image was not found."})
}

func isGUID(text string) bool {
	if len(text) != len(zeroGUID) {
		return false
	}
	for i, c := range []byte(text) {
		hyphen := zeroGUID[i] == '-'
		digit := '0' <= c && c <= '9' || 'a' <= c && c <= 'f'
		if hyphen != (c == '-') || !hyphen && !digit {
			return false
		}
	}
	return true
}
