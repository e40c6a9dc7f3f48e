package httpd

import (
	"crypto/tls"
	"log/slog"
	"os"
	"sync"
	"time"

	"mattebox"
)

// lookAgain is how long a certificate is used before its files are looked at anew.
const lookAgain = time.Second

// Certificate is a certificate chain with its key, from two PEM files that may
// change while the server runs: a renewed pair is used from the next handshake
// on. A pair that does not fit, as halfway through a renewal, leaves the old one
// in use.
type Certificate struct {
	chain, key string // paths
	log        *slog.Logger
	now        mattebox.Clock

	mu     sync.Mutex
	pair   *tls.Certificate
	seen   [2]stamp
	looked time.Time
}

// stamp tells whether a file has changed.
type stamp struct {
	modified time.Time
	size     int64
}

// LoadCertificate reads the pair. Its error is CodeInvalid: the operator named
// the wrong files.
func LoadCertificate(chain, key string, log *slog.Logger, now mattebox.Clock) (*Certificate, error) {
	c := &Certificate{chain: chain, key: key, log: log, now: now}
	c.seen, c.looked = c.stamps(), now()
	pair, err := tls.LoadX509KeyPair(chain, key)
	if err != nil {
		return nil, mattebox.Wrap(mattebox.CodeInvalid, err, "the certificate cannot be used")
	}
	c.pair = &pair
	return c, nil
}

func (c *Certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := c.now(); now.Sub(c.looked) >= lookAgain {
		c.looked = now
		c.reload()
	}
	return c.pair, nil
}

func (c *Certificate) reload() {
	stamps := c.stamps()
	if stamps == c.seen {
		return
	}
	c.seen = stamps
	pair, err := tls.LoadX509KeyPair(c.chain, c.key)
	if err != nil {
		c.log.Warn("the changed certificate cannot be used; the old one stays", "file", c.chain, "error", err)
		return
	}
	c.pair = &pair
	c.log.Info("using the changed certificate", "file", c.chain)
}

func (c *Certificate) stamps() (s [2]stamp) {
	for i, path := range [...]string{c.chain, c.key} {
		if info, err := os.Stat(path); err == nil { // what is gone has the zero stamp
			s[i] = stamp{info.ModTime(), info.Size()}
		}
	}
	return s
}
