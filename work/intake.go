package work

import (
	"context"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"mattebox"
)

// Backlogger counts what waits for a worker.
type Backlogger interface {
	Backlog(ctx context.Context) (mattebox.Backlog, error)
}

// Intake is the mattebox.Intake of the service: it refuses more work while the disk
// is nearly full or too many images wait. It looks once a second at most, so asking
// it costs nothing.
type Intake struct {
	Store Backlogger
	Dir   string // on the disk that has to have room; empty: none has to
	Now   mattebox.Clock

	// Free is how many bytes the disk has to have left: default 1 GiB, or a
	// twentieth of the disk when that is less.
	Free int64
	// Waiting is how many images may wait for a worker: default 1,000,000.
	Waiting int

	checking sync.Mutex
	last     atomic.Pointer[verdict]
}

// verdict is what a check came to, and when.
type verdict struct {
	at  time.Time
	err error
}

const (
	checkEvery     = time.Second
	checkTimeout   = 5 * time.Second
	defaultFree    = 1 << 30
	defaultShare   = 20
	defaultWaiting = 1_000_000
)

// Admit implements mattebox.Intake. While one caller looks again, the others get
// the last verdict.
func (i *Intake) Admit(ctx context.Context) error {
	last := i.last.Load()
	if last != nil && i.Now().Sub(last.at) < checkEvery {
		return last.err
	}
	if last != nil && !i.checking.TryLock() {
		return last.err
	}
	if last == nil {
		i.checking.Lock()
	}
	defer i.checking.Unlock()
	// The verdict is everybody's, so it does not end with one caller's request.
	check, cancel := context.WithTimeout(context.WithoutCancel(ctx), checkTimeout)
	defer cancel()
	err := i.check(check)
	i.last.Store(&verdict{i.Now(), err})
	return err
}

func (i *Intake) check(ctx context.Context) error {
	if err := i.checkDisk(); err != nil {
		return err
	}
	backlog, err := i.Store.Backlog(ctx)
	if err != nil {
		return mattebox.Wrap(mattebox.CodeUnavailable, err, "the service cannot take orders at the moment; try again later")
	}
	most := i.Waiting
	if most <= 0 {
		most = defaultWaiting
	}
	if waiting := backlog.Fetch + backlog.Produce; waiting >= most {
		return mattebox.Errorf(mattebox.CodeUnavailable, "the queue is full, %d images wait; try again later", waiting)
	}
	return nil
}

func (i *Intake) checkDisk() error {
	room, err := i.Room()
	if err == nil && room < 0 {
		err = mattebox.Errorf(mattebox.CodeUnavailable, "the service's disk is full; try again later")
	}
	return err
}

// Room returns how many bytes may be stored until the disk has less than Free;
// negative when it has less already, math.MaxInt64 without a Dir. It is a
// CodeUnavailable error when the disk cannot be asked.
func (i *Intake) Room() (int64, error) {
	if i.Dir == "" {
		return math.MaxInt64, nil
	}
	var disk unix.Statfs_t
	if err := unix.Statfs(i.Dir, &disk); err != nil {
		return 0, mattebox.Wrap(mattebox.CodeUnavailable, err, "the service's disk cannot be used; try again later")
	}
	free, all := int64(disk.Bavail)*disk.Bsize, int64(disk.Blocks)*disk.Bsize
	least := i.Free
	if least <= 0 {
		least = min(defaultFree, all/defaultShare)
	}
	return free - least, nil
}
