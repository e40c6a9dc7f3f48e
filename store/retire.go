package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mattebox"
)

// Retire closes (100) images that were finished, refused, failed or asked about
// before closeBefore, and returns what is left of those closed or deleted ones that
// this happened to, or were deleted, before cleanBefore: their bytes are to be
// removed first, then MarkCleaned is called. Of each at most limit; the caller goes
// on as long as it gets that many.
func (s *Store) Retire(ctx context.Context, closeBefore, cleanBefore time.Time, limit int) ([]mattebox.Remains, error) {
	if err := s.closeImages(ctx, closeBefore, limit); err != nil {
		return nil, err
	}
	return s.remains(ctx, cleanBefore, limit)
}

func (s *Store) closeImages(ctx context.Context, before time.Time, limit int) error {
	return s.write(ctx, "close images", func(t *tx) error {
		rows, err := t.QueryContext(ctx, `SELECT id, account, status, fence, rejections FROM images
			WHERE status IN (`+numbers(mattebox.StatusClosed.From())+`) AND settled < $1
			LIMIT $2 `+s.db.Dialect.ForUpdate(true), micros(before), limit)
		old, err := collect(s, "find images to close", rows, err, scanHeld)
		for i := range old {
			if err := t.move(ctx, &old[i], mattebox.StatusClosed, bySweeper, "its time is over"); err != nil {
				return err
			}
		}
		return err
	})
}

// remains returns the images whose bytes are to be removed, with the keys of
// sources and results, one row each; an image without bytes has none.
func (s *Store) remains(ctx context.Context, before time.Time, limit int) ([]mattebox.Remains, error) {
	rows, err := s.db.Reader.QueryContext(ctx, `SELECT id, account FROM images
		WHERE status IN (`+numbers(mattebox.StatusCleaned.From())+`) AND settled < $1 LIMIT $2`, micros(before), limit)
	all, err := collect(s, "find images to clean", rows, err, func(row scanner) (*mattebox.Remains, error) {
		var r mattebox.Remains
		return &r, row.Scan(&r.Image, &r.Account)
	})
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return all, s.addKeys(ctx, all)
}

func (s *Store) addKeys(ctx context.Context, all []mattebox.Remains) error {
	at := map[mattebox.ImageID]int{}
	ids := make([]mattebox.ImageID, len(all))
	for i, r := range all {
		ids[i], at[r.Image] = r.Image, i
	}
	var args arguments
	where := ` WHERE image IN (` + in(&args, ids) + `)`
	rows, err := s.db.Reader.QueryContext(ctx, `SELECT image, key FROM sources`+where+` UNION ALL SELECT image, key FROM results`+where+
		` UNION ALL SELECT image, thumbnail_key FROM results`+where, args...)
	type kept struct {
		image mattebox.ImageID
		key   string
	}
	keys, err := collect(s, "find keys to clean", rows, err, func(row scanner) (*kept, error) {
		var k kept
		return &k, row.Scan(&k.image, &k.key)
	})
	for _, k := range keys {
		if r := &all[at[k.image]]; k.key != "" {
			r.Keys = append(r.Keys, k.key)
		}
	}
	return err
}

// MarkCleaned tells that the bytes of the images are removed (999). One that is
// marked already is passed over.
func (s *Store) MarkCleaned(ctx context.Context, ids ...mattebox.ImageID) error {
	return s.write(ctx, "mark images as cleaned", func(t *tx) error {
		for _, id := range ids {
			if err := t.clean(ctx, id); err != nil {
				return fmt.Errorf("image %d: %w", id, err)
			}
		}
		return nil
	})
}

func (t *tx) clean(ctx context.Context, id mattebox.ImageID) error {
	h, err := t.hold(ctx, id)
	if err != nil || h.status == mattebox.StatusCleaned {
		return err
	}
	_, sources := t.exec(ctx, `UPDATE sources SET key = '' WHERE image = $1`, int64(id))
	_, results := t.exec(ctx, `DELETE FROM results WHERE image = $1`, int64(id))
	if err := errors.Join(sources, results); err != nil {
		return err
	}
	return t.move(ctx, &h, mattebox.StatusCleaned, bySweeper, "its files are removed", set{"result", nil})
}
