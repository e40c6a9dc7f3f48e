package main

import (
	"crypto/x509"
	"net/netip"
	"os"

	"mattebox/safehttp"
)

// OutsideFlags say which addresses may be called beside the public internet's, and
// whom to trust there.
type OutsideFlags struct {
	AllowNetwork []string `help:"Network beside the public internet that pictures may come from and webhooks go to; may be given several times." env:"MATTEBOX_ALLOW_NETWORK" placeholder:"CIDR"`
	CAFile       string   `name:"ca-file" help:"Certificates (PEM) of authorities that are trusted beside the system's, for pictures and webhooks: those of an intranet." env:"MATTEBOX_CA_FILE" placeholder:"FILE" predictor:"file"`
}

// outside is the value of OutsideFlags.
type outside struct {
	allow []netip.Prefix
	roots *x509.CertPool // nil: the system's
}

func (f *OutsideFlags) outside(r settingReader) outside {
	return outside{allow: r.networks("--allow-network", f.AllowNetwork), roots: r.authorities("--ca-file", f.CAFile)}
}

// guard returns what calls outside addresses for a command.
func (f *OutsideFlags) guard(app *App) (*safehttp.Client, error) {
	r := settingReader{app.newFaults()}
	o := f.outside(r)
	return safehttp.New(safehttp.Config{Allow: o.allow, RootCAs: o.roots}), r.err()
}

// authorities reads certificates that are trusted beside the system's.
func (r settingReader) authorities(flag, path string) *x509.CertPool {
	if path == "" {
		return nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		r.add(flag, "cannot be read: %v", err)
		return nil
	}
	pool, err := x509.SystemCertPool()
	if err != nil { // a machine without any
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(text) {
		r.add(flag, "is %.80q, which has no certificate (PEM)", path)
	}
	return pool
}
