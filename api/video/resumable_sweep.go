package video

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"mattebox"
)

// sweepEvery is how often abandoned uploads are looked for.
const sweepEvery = 10 * time.Minute

// Start removes abandoned uploads now and every so often until Stop.
func (s *Parts) Start(ctx context.Context) {
	ctx, s.stop = context.WithCancel(context.WithoutCancel(ctx))
	s.swept.Go(func() {
		tick := time.NewTicker(sweepEvery)
		defer tick.Stop()
		for {
			if err := s.runOnce(); err != nil {
				s.Logger.LogAttrs(ctx, slog.LevelError, "abandoned uploads not removed", slog.Any("error", err))
			}
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
	})
}

// Stop ends the sweeps, if there are any.
func (s *Parts) Stop() {
	if s.stop != nil {
		s.stop()
		s.swept.Wait()
	}
}

// runOnce removes the uploads of all keys whose time is over.
func (s *Parts) runOnce() error {
	keys, err := os.ReadDir(s.Dir)
	if err != nil {
		return err
	}
	var errs []error
	for _, entry := range keys {
		key, err := strconv.ParseInt(entry.Name(), 10, 64)
		if err != nil {
			continue // not ours
		}
		_, err = s.sweepKey(mattebox.VideoKeyID(key))
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// sweepKey removes what is left of the key's uploads whose time is over, and returns
// the others.
func (s *Parts) sweepKey(key mattebox.VideoKeyID) ([]part, error) {
	dir := s.folder(key)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var open []part
	seen := map[string]bool{}
	for _, entry := range entries {
		uid, _, _ := strings.Cut(entry.Name(), ".")
		if !uploadID(uid) || seen[uid] {
			continue
		}
		seen[uid] = true
		if p, _, err := s.look(key, uid); err == nil {
			open = append(open, *p)
			continue
		}
		if err := s.removeOld(key, uid, filepath.Join(dir, entry.Name())); err != nil {
			return nil, err
		}
	}
	return open, nil
}

// removeOld removes the upload unless it is in somebody's hands or, half made or half
// removed, younger than Keep by its file.
func (s *Parts) removeOld(key mattebox.VideoKeyID, uid, file string) error {
	info, err := os.Stat(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil || s.Now().Before(info.ModTime().Add(s.Keep)) && !s.expired(key, uid) {
		return err
	}
	lock, err := s.lock(key, uid)
	if err == nil {
		defer lock.Close()
	} else if mattebox.CodeOf(err) != mattebox.CodeNotFound {
		return nil // in hand
	}
	return s.remove(key, uid)
}

// expired reports whether the upload's bytes are older than Keep.
func (s *Parts) expired(key mattebox.VideoKeyID, uid string) bool {
	info, err := os.Stat(s.path(key, uid, bytesEnding))
	return err == nil && s.Now().After(info.ModTime().Add(s.Keep))
}
