package main

import (
	"log/slog"
	"math"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"mattebox"
	"mattebox/billing"
)

// serveSettings are the values of ServeCmd's flags.
type serveSettings struct {
	listen, metricsListen string // metricsListen is empty for none
	publicURL             string // without a slash at its end; empty: that of the listener
	tlsCert, tlsKey       string // both or neither
	trusted               []netip.Prefix
	maxConnections        int
	maxRequests           int
	dataContract          bool

	api, worker           bool
	engines               int // 0: as many as the machine bears
	engineMemory          int64
	model                 string
	downloads, deliveries int
	outside
	productWait            time.Duration
	minFreeDisk            int64
	maxWaiting             int
	prices                 mattebox.PriceTable
	currency               mattebox.Currency // of the account that the first start opens
	trialImages            int
	linkValid              time.Duration
	closeAfter, cleanAfter time.Duration // 0 for never

	video videoSettings

	terms         billing.Terms
	provider      billing.Provider
	monthInvoices bool // the service makes invoices by itself

	videoEngines            int           // 0: see service.videoEngines
	keepVideos, keepUploads time.Duration // 0 for ever

	migrate  bool
	logJSON  bool
	logLevel slog.Level
	grace    time.Duration
}

const day = 24 * time.Hour

// settings reads the flags. Its one error tells every fault.
func (c *ServeCmd) settings(app *App) (*serveSettings, error) {
	r := settingReader{app.newFaults()}
	c.DataFlags.check(r.faults)
	s := &serveSettings{
		tlsCert: c.TLSCert, tlsKey: c.TLSKey, dataContract: c.Datacontract,
		model: c.Model, migrate: c.Migrate,
	}
	c.readHTTP(r, s)
	c.readWork(r, s)
	c.readOrders(r, s)
	s.video = c.VideoAPIFlags.read(r)
	c.readMoney(r, s)
	c.VideoWorkFlags.read(r, s)
	c.readProcess(r, s)
	return s, r.err()
}

func (c *ServeCmd) readHTTP(r settingReader, s *serveSettings) {
	s.listen = r.address("--listen", c.Listen)
	if c.MetricsListen != "off" {
		s.metricsListen = r.address("--metrics-listen", c.MetricsListen)
	}
	s.publicURL = r.public("--public-url", c.PublicURL)
	if (c.TLSCert == "") != (c.TLSKey == "") {
		given, missing := "--tls-cert", "--tls-key"
		if c.TLSCert == "" {
			given, missing = missing, given
		}
		r.add(given, "needs %s beside it", missing)
	}
	s.trusted = r.networks("--trusted-proxy", c.TrustedProxy)
	s.maxConnections = r.number("--max-connections", c.MaxConnections, 1, 1_000_000)
	s.maxRequests = r.number("--max-requests", c.MaxRequests, 1, 1_000_000)
}

func (c *ServeCmd) readWork(r settingReader, s *serveSettings) {
	for _, role := range c.Roles {
		switch strings.ToLower(strings.TrimSpace(role)) {
		case "api":
			s.api = true
		case "worker":
			s.worker = true
		default:
			r.add("--roles", "has %.20q; use api, worker or both with a comma between them", role)
		}
	}
	if c.single() && s.api != s.worker {
		r.add("--roles", "cannot be split on SQLite, which one process has for itself; name a PostgreSQL database with --database")
	}
	if s.worker && !s.api && s.publicURL == "" {
		r.add("--public-url", "is needed by a worker without the API: webhooks carry links below it")
	}
	if c.Engines != "" {
		s.engines = r.number("--engines", c.Engines, 1, maxWorkers)
	}
	s.engineMemory = r.bytes("--engine-memory", c.EngineMemory)
	s.minFreeDisk = r.bytes("--min-free-disk", c.MinFreeDisk)
	s.downloads = r.number("--downloads", c.Downloads, 1, 1000)
	s.deliveries = r.number("--deliveries", c.Deliveries, 1, 1000)
	s.outside = c.outside(r)
	s.productWait = r.duration("--product-wait", c.ProductWait, 0, 2*time.Minute)
	s.maxWaiting = r.number("--max-waiting", c.MaxWaiting, 1, math.MaxInt32)
}

func (c *ServeCmd) readOrders(r settingReader, s *serveSettings) {
	s.prices, s.currency = c.prices(r)
	s.trialImages = r.number("--trial-images", c.TrialImages, 0, maxTrialImages)
	s.linkValid = r.duration("--link-valid", c.LinkValid, time.Minute, 3650*day)
	s.closeAfter = time.Duration(r.number("--close-after", c.CloseAfter, 0, 36500)) * day
	s.cleanAfter = time.Duration(r.number("--clean-after", c.CleanAfter, 0, 36500)) * day
}

func (c *ServeCmd) readProcess(r settingReader, s *serveSettings) {
	s.grace = r.duration("--grace", c.Grace, time.Second, time.Hour)
	switch c.LogFormat {
	case "json":
		s.logJSON = true
	case "text":
	default:
		r.add("--log-format", "is %.20q; use text or json", c.LogFormat)
	}
	levels := []string{"debug", "info", "warn", "error"}
	if !slices.Contains(levels, c.LogLevel) {
		r.add("--log-level", "is %.20q; use debug, info, warn or error", c.LogLevel)
		return
	}
	s.logLevel.UnmarshalText([]byte(c.LogLevel)) // one of its own names
}

// settingReader reads texts as values and notes those that it cannot read.
type settingReader struct{ *faults }

func (r settingReader) number(flag, text string, least, most int) int {
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil || n < least || n > most {
		r.add(flag, "is %.20q; use a number from %d to %d", text, least, most)
	}
	return n
}

func (r settingReader) bytes(flag, text string) int64 {
	var size byteSize
	if err := size.UnmarshalText([]byte(text)); err != nil {
		r.add(flag, "is %.20q; use an amount such as 512MiB or 2GiB", text)
	}
	return int64(size)
}

func (r settingReader) duration(flag, text string, least, most time.Duration) time.Duration {
	d, err := time.ParseDuration(strings.TrimSpace(text))
	if err != nil || d < least || d > most {
		r.add(flag, "is %.20q; use a time from %s to %s, such as %s", text, shortTime(least), shortTime(most), shortTime(min(max(least, 10*time.Second), most)))
	}
	return d
}

// shortTime is Duration.String without the zeros at its end.
func shortTime(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// address checks that a text is host:port to listen on.
func (r settingReader) address(flag, text string) string {
	_, port, err := net.SplitHostPort(text)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		r.add(flag, "is %.40q; use an address such as 127.0.0.1:8080, or :8080 for all of this machine's", text)
	}
	return text
}

// public reads the address under which customers reach the service.
func (r settingReader) public(flag, text string) string {
	if text == "" {
		return ""
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		r.add(flag, "is %.80q; use an address such as https://cutouts.example.com", text)
	}
	return strings.TrimRight(text, "/")
}

// networks reads CIDRs; an address alone stands for itself.
func (r settingReader) networks(flag string, texts []string) []netip.Prefix {
	var all []netip.Prefix
	for _, text := range texts {
		text = strings.TrimSpace(text)
		prefix, err := netip.ParsePrefix(text)
		if addr, alone := netip.ParseAddr(text); alone == nil {
			prefix, err = netip.PrefixFrom(addr.WithZone(""), addr.BitLen()), nil
		}
		if err != nil {
			r.add(flag, "has %.50q; use a network such as 10.0.0.0/8", text)
			continue
		}
		all = append(all, prefix.Masked())
	}
	return all
}
