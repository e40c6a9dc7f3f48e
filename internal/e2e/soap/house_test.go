package soap

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"mattebox/internal/servicetest"
)

// patience is how long a picture may take on a machine that does other things, too.
const patience = 2 * time.Minute

type fields = servicetest.Fields

// house is a service with a server of pictures beside it, and a developer who has
// one invoice.
type house struct {
	*servicetest.Service
	developer servicetest.Account
	picture   string // address of a small picture
	missing   string // address where no picture is
	people    atomic.Int64
}

// open starts a service. Its templates here leave the background as it is, so that the
// tests need no networks and little of the machine.
func open(t *testing.T) *house {
	t.Helper()
	program := servicetest.Program(t)
	pictures := servicetest.NewPictures("../../../testdata/photos")
	h := &house{
		Service: &servicetest.Service{Config: servicetest.Config{
			Program: program, Data: t.TempDir(), Env: []string{"MATTEBOX_SELLER=" + servicetest.Seller},
			Flags: []string{"--allow-network", "127.0.0.0/8", "--metrics-listen", "off", "--engines", "1", "--product-wait", "0s"},
		}},
		picture: pictures.At("160/coffee.jpg"),
		missing: pictures.Handle("gone", http.NotFound),
	}
	h.Log = filepath.Join(h.Data, "serve.log")
	t.Cleanup(func() {
		pictures.Close()
		if err := h.Kill(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Logf("beside requests the service's log says:\n%s", h.Trouble())
		}
	})
	if err := h.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.employ(t)
	return h
}

// employ opens the developer's account and issues its one invoice.
func (h *house) employ(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	var err error
	if h.developer, err = h.CreateAccount(ctx, "developer@example.test", "--developer"); err != nil {
		t.Fatal(err)
	}
	c := h.Client(h.developer)
	template, err := c.PostTemplate(ctx, fields{"backgroundType": "0", "templateOutputFormat": "JPG"})
	if err != nil {
		t.Fatal(err)
	}
	ticket, err := c.PostImage(ctx, fields{"imageURL": h.picture, "templateId": template})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.WaitStatus(ctx, patience, ticket, 70); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Command(ctx, []string{"invoice", "run"}, "--period", time.Now().UTC().Format("2006-01")); err != nil {
		t.Fatal(err)
	}
}

// environment is what the clients are told, for a contact of their own.
func (h *house) environment(version string) []string {
	return append(os.Environ(),
		"SOAP_WSDL="+h.wsdl(), "SOAP_VERSION="+version,
		"DEVELOPER_EMAIL="+h.developer.Email, "DEVELOPER_KEY="+h.developer.APIKey,
		fmt.Sprintf("CONTACT_EMAIL=contact%d@example.test", h.people.Add(1)),
		"PICTURE_URL="+h.picture, "MISSING_URL="+h.missing)
}

func (h *house) wsdl() string { return h.URL + "/soap.asmx?WSDL" }
