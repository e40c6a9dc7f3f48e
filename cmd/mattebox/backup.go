package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"mattebox"
	"mattebox/store"
)

// BackupCmd is "mattebox backup". What it makes is a data folder, plain or in a
// tar file: to restore it, point serve at it.
type BackupCmd struct {
	DataFlags `embed:""`
	To        string `help:"New folder, or a file that ends in .tar." required:"" placeholder:"PATH"`
}

// backupName is the folder below the data folder where a tar file's content is
// gathered: on the same file system as the pictures, so that they are linked and
// not copied.
const backupName = "backup.partial"

// Run makes the backup beside a running server.
func (c *BackupCmd) Run(app *App) error {
	if err := c.possible(app); err != nil {
		return err
	}
	lock, err := lockFile(filepath.Join(c.folder(app), "backup.lock"), "another backup of %s is running%s", c.folder(app))
	if err != nil {
		return err
	}
	defer lock.release()
	tar := strings.HasSuffix(c.To, ".tar")
	gathered := c.To + ".partial"
	if tar {
		gathered = filepath.Join(c.folder(app), backupName)
	}
	if err := os.RemoveAll(gathered); err != nil { // of a backup that was killed
		return fmt.Errorf("removing an unfinished backup: %w", err)
	}
	defer os.RemoveAll(gathered)
	t := &tree{to: gathered}
	if err := c.gather(app, t); err != nil {
		return err
	}
	if tar {
		err = writeTar(app.Context, c.To, gathered)
	} else {
		err = os.Rename(gathered, c.To)
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", c.To, err)
	}
	fmt.Fprintf(app.Stdout, "%s: %d files, %s; to restore, run mattebox serve --data on %s\n", c.To, t.files, megabytes(t.bytes), restoredFrom(tar))
	return nil
}

func restoredFrom(tar bool) string {
	if tar {
		return "the unpacked folder"
	}
	return "a copy of it"
}

// possible refuses what this command cannot back up.
func (c *BackupCmd) possible(app *App) error {
	faults := app.newFaults()
	c.DataFlags.check(faults)
	if err := faults.err(); err != nil {
		return err
	}
	if !c.single() {
		return mattebox.Invalid(app.named("--database"), "is PostgreSQL: back it up with pg_dump, and then the pictures (docs/operations.md, Backup)")
	}
	if _, err := os.Stat(filepath.Join(c.folder(app), databaseName)); err != nil {
		return mattebox.Wrap(mattebox.CodeNotFound, err, "there is no database in %s", c.folder(app))
	}
	if _, err := os.Lstat(c.To); !errors.Is(err, os.ErrNotExist) {
		return mattebox.Errorf(mattebox.CodeInvalid, "%s is there already; a backup does not overwrite", c.To)
	}
	return nil
}

// gather fills the tree. The pictures are taken before and after the database: what
// a row of the copy names was there when the copy was made, so the second round has
// it, and the first has it if it was removed meanwhile.
func (c *BackupCmd) gather(app *App, t *tree) error {
	if err := os.MkdirAll(t.to, dataMode); err != nil {
		return fmt.Errorf("making the backup's folder: %w", err)
	}
	pictures := c.blobsLocation(app)
	if strings.Contains(pictures, "://") && !strings.HasPrefix(pictures, "file://") {
		fmt.Fprintf(app.Stderr, "mattebox: the pictures are in a bucket and not part of the backup\n")
		pictures = ""
	}
	pictures = strings.TrimPrefix(pictures, "file://")
	if err := t.takePictures(app.Context, pictures); err != nil {
		return err
	}
	if err := c.takeDatabase(app, t); err != nil {
		return err
	}
	if err := t.takePictures(app.Context, pictures); err != nil {
		return err
	}
	if err := c.takeKey(app, t); err != nil {
		return err
	}
	return t.sync()
}

func (c *BackupCmd) takeDatabase(app *App, t *tree) error {
	db, _, err := c.openDatabase(app.Context, app)
	if err != nil {
		return err
	}
	defer db.Close()
	path := filepath.Join(t.to, databaseName)
	if err := store.Backup(app.Context, db, path); err != nil {
		return err
	}
	return t.count(path)
}

func (c *BackupCmd) takeKey(app *App, t *tree) error {
	if c.MasterKey != "" {
		fmt.Fprintln(app.Stderr, "mattebox: the master key is in the environment and not part of the backup; without it the backup is worth nothing")
		return nil
	}
	from := c.KeyFile
	if from == "" {
		from = filepath.Join(c.folder(app), keyName)
	}
	return t.take(from, filepath.Join(t.to, keyName), copyFile)
}

// tree is a backup's folder while it is filled.
type tree struct {
	to    string
	files int
	bytes int64
}

// takePictures links every picture that is not in the tree yet.
func (t *tree) takePictures(ctx context.Context, from string) error {
	if from == "" {
		return nil
	}
	err := filepath.WalkDir(from, func(path string, entry os.DirEntry, err error) error {
		if err == nil {
			err = ctx.Err()
		}
		if errors.Is(err, os.ErrNotExist) {
			return nil // removed while we looked
		}
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		to := filepath.Join(t.to, blobsName, relative)
		switch {
		case path != from && strings.HasPrefix(entry.Name(), "."): // unfinished ones
			return skip(entry)
		case entry.IsDir():
			return os.MkdirAll(to, dataMode)
		}
		return t.take(path, to, linkFile)
	})
	if err != nil {
		return fmt.Errorf("taking the pictures: %w", err)
	}
	return nil
}

func skip(entry os.DirEntry) error {
	if entry.IsDir() {
		return filepath.SkipDir
	}
	return nil
}

// take brings one file into the tree. That it is there already, or gone, is fine.
func (t *tree) take(from, to string, bring func(from, to string) error) error {
	err := bring(from, to)
	switch {
	case errors.Is(err, os.ErrExist), errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return err
	}
	return t.count(to)
}

func (t *tree) count(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	t.files++
	t.bytes += info.Size()
	return nil
}

// sync makes everything durable that was written to the tree's file system.
func (t *tree) sync() error {
	dir, err := os.Open(t.to)
	if err != nil {
		return err
	}
	defer dir.Close()
	if err := unix.Syncfs(int(dir.Fd())); err != nil {
		return fmt.Errorf("syncing the backup: %w", err)
	}
	return nil
}
