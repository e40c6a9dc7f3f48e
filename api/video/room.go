package video

import (
	"context"
	"fmt"
	"net/http"
	"sync"

	"mattebox"
)

// How many files are received at a time, by this process, and of one account: the
// others get in between, however slowly its files come.
const (
	mostReceived        = 32
	mostReceivedAccount = mostReceived / 2
)

// receiving are the requests that bring the bytes of files.
type receiving struct {
	mu  sync.Mutex
	all int
	by  map[mattebox.AccountID]int
}

// begin counts a request, unless there are too many.
func (r *receiving) begin(account mattebox.AccountID) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.all >= mostReceived {
		return mattebox.Errorf(mattebox.CodeUnavailable, "Too many files are coming in at the moment; try again in half a minute")
	}
	if r.by[account] >= mostReceivedAccount {
		return mattebox.Errorf(mattebox.CodeUnavailable, "%d files of this account are coming in, as many as may at a time; try again when one of them is there", mostReceivedAccount)
	}
	r.all++
	r.by[account]++
	return nil
}

func (r *receiving) end(account mattebox.AccountID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all--
	if r.by[account]--; r.by[account] == 0 {
		delete(r.by, account)
	}
}

// admitFile lets a request bring bytes of a file. Leave is called at its end.
func (a *api) admitFile(ctx context.Context) (leave func(), err error) {
	if err := a.Intake.Admit(ctx); err != nil {
		return nil, err
	}
	account := caller(ctx).Account
	if err := a.received.begin(account); err != nil {
		return nil, err
	}
	return func() { a.received.end(account) }, nil
}

// fits refuses so many bytes more when the uploads of the caller's account are as large
// together as they may be.
func (a *api) fits(ctx context.Context, bytes int64) error {
	stored, err := a.Uploads.UploadedBytes(ctx, caller(ctx).Account)
	if err != nil {
		return err
	}
	if bytes <= a.MaxStored-stored {
		return nil
	}
	return &fault{
		status: http.StatusConflict, code: codeConflict,
		message: fmt.Sprintf("The uploads of this account have %d MB together; there may be %d MB. Wait until the oldest are removed, which they are some days after they came, or ask those who run the service for more room",
			stored/1e6, a.MaxStored/1e6),
	}
}
