package video

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"mattebox"
)

// PartsConfig says where uploads are kept that are not complete, and how many.
type PartsConfig struct {
	Dir    string // a folder for nothing else, on the disk of the data; made when missing
	Now    mattebox.Clock
	Logger *slog.Logger // nil: slog.Default()

	// Keep is how long after its last byte an upload stays. Default: 24 hours.
	Keep time.Duration
	// Open is how many uploads one key may have open. Default: 32.
	Open int
	// Bytes is how large all open uploads of one key may become, in bytes. Default: 4 GB.
	Bytes int64
}

// Parts are the uploads that come in pieces, until they are complete. They outlive the
// process: of each there is a file with its bytes, and one that says what it is, in a
// folder of its key. Requests about one upload take turns, in other processes on the
// same folder, too.
type Parts struct {
	PartsConfig
	holds  holds
	making sync.Mutex // that no key opens more than it may
	stop   func()
	swept  sync.WaitGroup
}

// part is an upload that is not complete, as its file has it.
type part struct {
	UID      string              `json:"uid"`
	Key      mattebox.VideoKeyID `json:"key"`
	Length   int64               `json:"length"`
	Name     string              `json:"name"`
	Metadata string              `json:"metadata"`

	expires time.Time
}

const (
	keepParts      = 24 * time.Hour
	mostParts      = 32
	mostPartsBytes = 4e9
	noteEnding     = ".json"
	draftEnding    = ".json.new"
	bytesEnding    = ".part"
	wholeEnding    = ".whole" // the same bytes once more, on their way out
)

// OpenParts makes the folder.
func OpenParts(c PartsConfig) (*Parts, error) {
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	if c.Keep <= 0 {
		c.Keep = keepParts
	}
	if c.Open <= 0 {
		c.Open = mostParts
	}
	if c.Bytes <= 0 {
		c.Bytes = mostPartsBytes
	}
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return nil, mattebox.Wrap(mattebox.CodeUnavailable, err, "cannot make the folder for open uploads")
	}
	return &Parts{PartsConfig: c, holds: holds{by: map[string]*hold{}}}, nil
}

// folder is where the key's parts are.
func (s *Parts) folder(key mattebox.VideoKeyID) string {
	return filepath.Join(s.Dir, strconv.FormatInt(int64(key), 10))
}

// path is the file of a part with the ending.
func (s *Parts) path(key mattebox.VideoKeyID, uid, ending string) string {
	return filepath.Join(s.folder(key), uid+ending)
}

// create opens an upload, unless its key has too many.
func (s *Parts) create(p part) (*part, error) {
	s.making.Lock()
	defer s.making.Unlock()
	if err := os.MkdirAll(s.folder(p.Key), 0o700); err != nil {
		return nil, notStored(err)
	}
	if err := s.room(p.Key, p.Length); err != nil {
		return nil, err
	}
	// The note comes last: what has none is no upload.
	if err := os.WriteFile(s.path(p.Key, p.UID, bytesEnding), nil, 0o600); err != nil {
		return nil, notStored(err)
	}
	if err := s.touch(&p); err != nil {
		return nil, notStored(err)
	}
	note, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("note an upload: %w", err)
	}
	path := s.path(p.Key, p.UID, noteEnding)
	draft := s.path(p.Key, p.UID, draftEnding)
	if err := os.WriteFile(draft, note, 0o600); err != nil {
		return nil, notStored(err)
	}
	if err := os.Rename(draft, path); err != nil {
		return nil, notStored(err)
	}
	return &p, nil
}

// room refuses an upload when the key's open ones leave no room for it. Those whose
// time is over are removed first.
func (s *Parts) room(key mattebox.VideoKeyID, length int64) error {
	open, err := s.sweepKey(key)
	if err != nil {
		return notStored(err)
	}
	bytes := length
	for _, p := range open {
		bytes += p.Length
	}
	if len(open) < s.Open && bytes <= s.Bytes {
		return nil
	}
	return &fault{
		status: http.StatusConflict, code: codeConflict,
		message: fmt.Sprintf("This key has %d open uploads; there may be %d, of %d MB together. Complete some, or give them up with DELETE", len(open), s.Open, s.Bytes/1e6),
	}
}

// touch begins the time of the part anew.
func (s *Parts) touch(p *part) error {
	now := s.Now()
	p.expires = now.Add(s.Keep)
	return os.Chtimes(s.path(p.Key, p.UID, bytesEnding), now, now)
}

// look returns the key's part and how many bytes of it are there, or a CodeNotFound
// error.
func (s *Parts) look(key mattebox.VideoKeyID, uid string) (*part, int64, error) {
	if !uploadID(uid) {
		return nil, 0, noUpload(nil)
	}
	note, err := os.ReadFile(s.path(key, uid, noteEnding))
	if err != nil {
		return nil, 0, lost(err)
	}
	info, err := os.Stat(s.path(key, uid, bytesEnding))
	if err != nil {
		return nil, 0, lost(err)
	}
	p := &part{expires: info.ModTime().Add(s.Keep)}
	if err := json.Unmarshal(note, p); err != nil {
		return nil, 0, fmt.Errorf("read the note of upload %s: %w", uid, err)
	}
	if s.Now().After(p.expires) {
		return nil, 0, noUpload(nil)
	}
	return p, info.Size(), nil
}

// remove removes the part's files, its note first.
func (s *Parts) remove(key mattebox.VideoKeyID, uid string) error {
	for _, ending := range []string{noteEnding, draftEnding, wholeEnding, bytesEnding} {
		if err := os.Remove(s.path(key, uid, ending)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return notStored(err)
		}
	}
	return nil
}

// uploadID reports whether the text looks like the id of an upload.
func uploadID(text string) bool {
	digits, ours := strings.CutPrefix(text, "vid_")
	return ours && len(digits) == 16 && strings.Trim(digits, "0123456789abcdef") == ""
}

func noUpload(err error) error {
	return mattebox.Wrap(mattebox.CodeNotFound, err, "Upload not found")
}

func lost(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return noUpload(err)
	}
	return notStored(err)
}

// notStored tells a disk that does not take more.
func notStored(err error) error {
	return mattebox.Wrap(mattebox.CodeUnavailable, err, "The file cannot be stored at the moment")
}
