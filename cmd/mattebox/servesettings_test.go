package main

import (
	"context"
	"log/slog"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mattebox"
	"mattebox/billing"
)

// serveSettingsOf parses a command line and an environment as the program does.
func serveSettingsOf(t *testing.T, env map[string]string, args ...string) (*serveSettings, error) {
	t.Helper()
	var c cli
	app := &App{Context: context.Background(), Home: t.TempDir()}
	parser, err := newParser(&c, app, func(name string) string { return env[name] }, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(append([]string{"serve"}, args...)); err != nil {
		t.Fatal(err)
	}
	return c.Serve.settings(app)
}

func TestServeDefaultsRun(t *testing.T) {
	got, err := serveSettingsOf(t, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := &serveSettings{
		listen: "127.0.0.1:8080", metricsListen: "127.0.0.1:9090", maxConnections: 4096, maxRequests: 1024,
		api: true, worker: true, engineMemory: 2 << 30, downloads: 8, deliveries: 64,
		productWait: 10 * time.Second, minFreeDisk: 1 << 30, maxWaiting: 200_000,
		prices: billing.DefaultPrices(), currency: mattebox.USD, trialImages: 3, terms: billing.DefaultTerms(), provider: billing.Manual{}, monthInvoices: true,
		linkValid: 168 * time.Hour, closeAfter: 30 * day, cleanAfter: 60 * day,
		video: videoSettings{rate: 600, maxUpload: 500e6, maxStored: 50e9}, keepVideos: 30 * day, keepUploads: 7 * day,
		logLevel: slog.LevelInfo, grace: 30 * time.Second,
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(serveSettings{}, outside{}, videoSettings{})); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestServeReadsFlagsAndEnvironment(t *testing.T) {
	got, err := serveSettingsOf(t, map[string]string{
		"MATTEBOX_ALLOW_NETWORK": "10.0.0.0/8,192.168.1.5", "MATTEBOX_PRICE": "1.20", "MATTEBOX_CURRENCY": "eur",
		"MATTEBOX_LISTEN": "1.2.3.4:1", "MATTEBOX_DATABASE": "postgres://a/b",
	}, "--listen", ":80", "--metrics-listen", "off", "--roles", "worker", "--public-url", "https://a.example/", "--close-after", "0", "--log-format", "json", "--log-level", "warn")
	if err != nil {
		t.Fatal(err)
	}
	wantAllow := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("192.168.1.5/32")}
	if diff := cmp.Diff(wantAllow, got.allow, cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
	if got.listen != ":80" || got.metricsListen != "" || got.api || !got.worker || got.publicURL != "https://a.example" || got.closeAfter != 0 ||
		!got.logJSON || got.logLevel != slog.LevelWarn || got.currency != mattebox.EUR || !cmp.Equal(got.prices, mattebox.FlatPrices(mattebox.Money{Cents: 120, Currency: mattebox.EUR})) {
		t.Errorf("settings %+v", got)
	}
}

// Every fault is told at once, each under the name by which it was given.
func TestServeTellsEveryFault(t *testing.T) {
	_, err := serveSettingsOf(t, map[string]string{
		"MATTEBOX_LISTEN": "nowhere", "MATTEBOX_GRACE": "soon", "MATTEBOX_DATABASE": "mysql://user:SECRET@host/db",
	}, "--metrics-listen", "x", "--public-url", "ftp://a", "--tls-cert", "a.pem", "--trusted-proxy", "10.0.0.0/40", "--max-connections", "0",
		"--max-requests", "many", "--roles", "api,cook", "--engines", "1000", "--engine-memory", "much", "--downloads", "0", "--deliveries", "0",
		"--allow-network", "home", "--ca-file", "nowhere.pem", "--product-wait", "1h", "--min-free-disk", "-", "--max-waiting", "0", "--price=-1", "--currency", "XXX",
		"--trial-images", "-", "--seller", "no-such-file", "--vat-rate", "much", "--payment", "cash", "--invoice-on", "monday",
		"--link-valid", "1s", "--close-after=-1", "--clean-after", "x", "--log-format", "xml", "--log-level", "loud", "--blobs", "ftp://x")
	if mattebox.CodeOf(err) != mattebox.CodeInvalid {
		t.Fatalf("error %v", err)
	}
	for _, name := range []string{
		"MATTEBOX_LISTEN", "MATTEBOX_GRACE", "MATTEBOX_DATABASE", "--metrics-listen", "--public-url", "--tls-cert", "--trusted-proxy", "--max-connections",
		"--max-requests", "--roles", "--engines", "--engine-memory", "--downloads", "--deliveries", "--allow-network", "--ca-file", "--product-wait", "--min-free-disk",
		"--max-waiting", "--price", "--currency", "--trial-images", "--seller", "--vat-rate", "--payment", "--invoice-on", "--link-valid", "--close-after", "--clean-after", "--log-format", "--log-level", "--blobs",
	} {
		if !strings.Contains(err.Error(), "\n  "+name+" ") {
			t.Errorf("nothing is said of %s", name)
		}
	}
	if strings.Contains(err.Error(), "SECRET") {
		t.Error("the error tells the database's password")
	}
	if t.Failed() {
		t.Log(err)
	}
}

// onlyDKK is a table of prices in one currency.
const onlyDKK = `{"DKK": {"delivery": {"24": 1495, "72": 995, "168": 695}}}`

// What is sold, by whom and for what comes from flags, files and the environment;
// keys of the payment provider from the environment alone, and into no message.
func TestServeReadsMoney(t *testing.T) {
	seller := filepath.Join(makeTree(t, map[string][]byte{"seller.json": []byte(
		`{"seller": {"company": "Cutouts ApS", "country": "DK", "vatNumber": "DK12345678"}, "vatRate": 1000}`)}), "seller.json")
	got, err := serveSettingsOf(t, map[string]string{
		"MATTEBOX_STRIPE_KEY": "sk_test_x", "MATTEBOX_STRIPE_WEBHOOK_SECRET": "whsec_x", "MATTEBOX_SELLER": seller,
	}, "--prices", onlyDKK, "--currency", "dkk", "--trial-images", "0", "--vat-rate", "25", "--payment", "stripe", "--invoice-on", "never")
	if err != nil {
		t.Fatal(err)
	}
	price, err := got.prices.Price(mattebox.DKK, mattebox.DefaultTemplate(), 72, 1, false)
	if err != nil || price.String() != "9.95 DKK" || got.currency != mattebox.DKK || got.trialImages != 0 || got.terms.VATRate != 2500 ||
		got.terms.Seller.Company != "Cutouts ApS" || got.provider.Name() != "stripe" || got.monthInvoices {
		t.Errorf("settings %+v, %s, %v", got, price, err)
	}
	_, err = serveSettingsOf(t, map[string]string{"MATTEBOX_STRIPE_KEY": "hushhush", "MATTEBOX_STRIPE_WEBHOOK_SECRET": "hushhush"}, "--payment", "stripe")
	if err == nil || strings.Contains(err.Error(), "hushhush") {
		t.Errorf("keys that are none: %v", err)
	}
}

func TestServeRefusesWhatDoesNotGoTogether(t *testing.T) {
	tests := map[string]struct {
		args []string
		says string
	}{
		"two prices":            {[]string{"--price", "1", "--prices", "{}"}, "--price does not go with --prices"},
		"no such file":          {[]string{"--prices", "no-such-file"}, "--prices cannot be used"},
		"no prices in it":       {[]string{"--prices", onlyDKK}, "--currency is USD, in which --prices has no prices"},
		"VAT without seller":    {[]string{"--vat-rate", "25"}, "--vat-rate cannot be used"},
		"Stripe without key":    {[]string{"--payment", "stripe"}, "$MATTEBOX_STRIPE_KEY"},
		"half a pair":           {[]string{"--tls-key", "k"}, "--tls-key needs --tls-cert"},
		"one role on SQLite":    {[]string{"--roles", "api"}, "--database"},
		"a worker without name": {[]string{"--roles", "worker", "--database", "postgres:///x"}, "--public-url is needed"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := serveSettingsOf(t, nil, tt.args...); err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("error %v, want %q", err, tt.says)
			}
		})
	}
}

func mustNetworks(t *testing.T, texts ...string) []netip.Prefix {
	t.Helper()
	r := settingReader{(&App{}).newFaults()}
	all := r.networks("--allow-network", texts)
	if err := r.err(); err != nil {
		t.Fatal(err)
	}
	return all
}
