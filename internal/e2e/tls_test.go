package e2e

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mattebox/internal/servicetest"
)

// The service speaks TLS with a certificate from files, and its links say https.
func TestTLS(t *testing.T) {
	alongside(t)
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	pool := selfSigned(t, cert, key)
	h := around(t, servicetest.Config{Program: servicetest.Program(t), Data: t.TempDir(), Flags: []string{"--tls-cert", cert, "--tls-key", key}})
	h.HTTP = &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
	if err := h.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(h.URL, "https://") {
		t.Fatalf("the service says that it is at %s", h.URL)
	}
	c := h.customer(t)
	template := c.template(fields{"backgroundType": "0", "templateOutputFormat": "JPG"})
	c.wait(c.order(fields{"templateId": template, "imageCallbackURL": h.receiver.At("tls")}), 80)
	address := h.receiver.Posts("tls")[0].Form().Get("processedImageURL")
	if !strings.HasPrefix(address, h.URL) {
		t.Errorf("the webhook's address is %s, want it below %s", address, h.URL)
	}
	c.picture(address)
}

// selfSigned writes a certificate for 127.0.0.1 and returns who trusts it.
func selfSigned(t *testing.T, certFile, keyFile string) *x509.CertPool {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for path, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: der}, keyFile: {Type: "PRIVATE KEY", Bytes: private}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(certificate)
	return pool
}
