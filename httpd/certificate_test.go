package httpd

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"mattebox"
)

// pair is where a certificate and its key lie.
type pair struct{ chain, key string }

func newPair(t *testing.T, name string) pair {
	t.Helper()
	dir := t.TempDir()
	p := pair{filepath.Join(dir, "chain.pem"), filepath.Join(dir, "key.pem")}
	p.write(t, name)
	return p
}

// write makes a new self-signed pair for the name.
func (p pair) write(t *testing.T, name string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for path, block := range map[string]*pem.Block{
		p.chain: {Type: "CERTIFICATE", Bytes: der}, p.key: {Type: "PRIVATE KEY", Bytes: keyDER},
	} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// served returns the name in the certificate that the next handshake gets.
func served(t *testing.T, c *Certificate) string {
	t.Helper()
	got, err := c.get(nil)
	if err != nil {
		t.Fatal(err)
	}
	return got.Leaf.Subject.CommonName
}

func TestCertificateIsReloaded(t *testing.T) {
	now := time.Now()
	files := newPair(t, "first.example")
	c, err := LoadCertificate(files.chain, files.key, slog.New(slog.DiscardHandler), func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	if got := served(t, c); got != "first.example" {
		t.Errorf("serves %s", got)
	}
	files.write(t, "second.example")
	touch(t, files, now.Add(time.Minute))
	if got := served(t, c); got != "first.example" {
		t.Errorf("looked again at once: %s", got)
	}
	now = now.Add(lookAgain)
	if got := served(t, c); got != "second.example" {
		t.Errorf("serves %s after the renewal", got)
	}

	if err := os.WriteFile(files.chain, []byte("half a certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	now = now.Add(lookAgain)
	if got := served(t, c); got != "second.example" {
		t.Errorf("serves %s halfway through a renewal", got)
	}
	files.write(t, "third.example")
	touch(t, files, now.Add(2*time.Minute))
	now = now.Add(lookAgain)
	if got := served(t, c); got != "third.example" {
		t.Errorf("serves %s after the renewal is complete", got)
	}
}

// touch makes both files look changed, however coarse the file system's clock is.
func touch(t *testing.T, p pair, when time.Time) {
	t.Helper()
	for _, path := range []string{p.chain, p.key} {
		if err := os.Chtimes(path, when, when); err != nil {
			t.Fatal(err)
		}
	}
}

func TestCertificateThatDoesNotFitIsRefused(t *testing.T) {
	one, other := newPair(t, "one.example"), newPair(t, "other.example")
	_, err := LoadCertificate(one.chain, other.key, slog.New(slog.DiscardHandler), time.Now)
	if mattebox.CodeOf(err) != mattebox.CodeInvalid {
		t.Errorf("error %v", err)
	}
}
