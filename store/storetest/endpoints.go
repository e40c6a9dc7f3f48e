package storetest

import (
	"bytes"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mattebox"
)

func testEndpoints(t *testing.T, open opener) {
	t.Run("set, changed and dropped", func(t *testing.T) { testEndpoint(t, open) })
	t.Run("refused", func(t *testing.T) { testRefusedEndpoints(t, open) })
	t.Run("set by two at once", func(t *testing.T) { testEndpointTwice(t, open) })
	t.Run("rotation", func(t *testing.T) { testRotation(t, open) })
	t.Run("rotation of partners' secrets", func(t *testing.T) { testPartnerRotation(t, open) })
	t.Run("rotation refused", func(t *testing.T) { testRefusedRotations(t, open) })
	t.Run("sealed at rest", func(t *testing.T) { testSealed(t, open) })
}

func testEndpoint(t *testing.T, open opener) {
	h := build(t, open)
	a, b := h.account("a").ID, h.account("b").ID
	h.wantCode(h.endpointFault(a), mattebox.CodeNotFound, "")
	h.wantCode(h.DropEndpoint(h.ctx, a), mattebox.CodeNotFound, "")

	begun := h.clock.Now()
	set, secret, err := h.SetEndpoint(h.ctx, a, hook, []mattebox.EventType{mattebox.EventInvoicePaid, mattebox.EventImageQueued, mattebox.EventInvoicePaid})
	h.check(err)
	want := mattebox.Endpoint{
		Account: a, URL: hook, Events: []mattebox.EventType{mattebox.EventImageQueued, mattebox.EventInvoicePaid}, Created: begun, Updated: begun,
	}
	h.wantSame("endpoint", set, want)
	if len(secret) != 36 || secret[14] != '4' {
		t.Errorf("%q is no GUID of version 4", secret)
	}
	h.wantCode(h.endpointFault(b), mattebox.CodeNotFound, "")
	read, opened, err := h.Endpoint(h.ctx, a)
	h.check(err)
	h.wantSame("read", read, &want)
	h.wantSame("opened", opened, secret)

	h.clock.pass(time.Hour)
	set, same, err := h.SetEndpoint(h.ctx, a, "https://other.example.com", nil)
	h.check(err)
	h.wantSame("changed", set, mattebox.Endpoint{Account: a, URL: "https://other.example.com", Created: begun, Updated: h.clock.Now()})
	h.wantSame("secret", same, secret)

	h.check(h.DropEndpoint(h.ctx, a))
	h.wantCode(h.endpointFault(a), mattebox.CodeNotFound, "")
	set, same, err = h.SetEndpoint(h.ctx, a, hook, mattebox.EventTypes())
	h.check(err)
	h.wantSame("set again", set, mattebox.Endpoint{Account: a, URL: hook, Events: mattebox.EventTypes(), Created: h.clock.Now(), Updated: h.clock.Now()})
	h.wantSame("secret of then", same, secret)
	_, others, err := h.SetEndpoint(h.ctx, b, hook, nil)
	h.check(err)
	if others == secret {
		t.Error("two accounts have one secret")
	}
}

// endpointFault is the error of asking for the account's endpoint.
func (h *house) endpointFault(account mattebox.AccountID) error {
	_, _, err := h.Endpoint(h.ctx, account)
	return err
}

func testRefusedEndpoints(t *testing.T, open opener) {
	h := build(t, open)
	a := h.account("a").ID
	for _, tt := range []struct {
		name, url string
		events    []mattebox.EventType
		field     string
	}{
		{"http", "http://dev.example.com/hook", nil, "url"},
		{"none", "", nil, "url"},
		{"too long", "https://dev.example.com/" + strings.Repeat("x", 2048), nil, "url"},
		{"an unknown event", hook, []mattebox.EventType{"image.lost"}, "events"},
		{"an event with a space", hook, []mattebox.EventType{"image.queued image.failed"}, "events"},
	} {
		_, _, err := h.SetEndpoint(h.ctx, a, tt.url, tt.events)
		h.in(t).wantCode(err, mattebox.CodeInvalid, tt.field)
	}
	h.wantCode(h.endpointFault(a), mattebox.CodeNotFound, "")
	_, _, err := h.SetEndpoint(h.ctx, 5, hook, nil)
	h.wantCode(err, mattebox.CodeNotFound, "")
}

// testEndpointTwice has a first endpoint set by several at once: all get the secret
// that there is in the end.
func testEndpointTwice(t *testing.T, open opener) {
	h := build(t, open)
	a := h.account("a").ID
	var mu sync.Mutex
	var group sync.WaitGroup
	var given []string
	for range 8 {
		group.Go(func() {
			_, secret, err := h.SetEndpoint(h.ctx, a, hook, nil)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			given = append(given, secret)
		})
	}
	group.Wait()
	_, secret, err := h.Endpoint(h.ctx, a)
	h.check(err)
	h.wantSame("secrets", slices.Compact(given), []string{secret})
}

// signs returns what a new attempt at the delivery is signed with, by the account
// and by its partner.
func (h *house) signs(id mattebox.DeliveryID) [2][]string {
	h.t.Helper()
	sending := h.takeDelivery(id)
	o := h.outcome(sending, mattebox.DeliveryPending, 0)
	o.Attempt.Class = mattebox.AttemptInterrupted
	h.check(h.RecordAttempt(h.ctx, o))
	h.check(second(h.db.Writer.ExecContext(h.ctx, `UPDATE deliveries SET interruptions = 0`)))
	return [2][]string{sending.Secrets, sending.PartnerSecrets}
}

// testRotation has both kinds of secrets replaced, each with an overlap of a day.
func testRotation(t *testing.T, open opener) {
	h := listening(t, open)
	h.Prices = nil
	a, secrets, err := h.CreateAccount(h.ctx, mattebox.Account{Email: "a@example.com"})
	h.check(err)
	webhook := h.listen(a.ID, mattebox.EventImageFinished)
	rtb := h.deliveryOf(h.finishedImage(a.ID).ID).ID
	hwr := h.events(a.ID)[0].ID
	for _, tt := range []struct {
		which mattebox.SecretKind
		old   string
		id    mattebox.DeliveryID
		other mattebox.DeliveryID
	}{
		{mattebox.SecretApplication, secrets.ApplicationSecret, rtb, hwr},
		{mattebox.SecretWebhook, webhook, hwr, rtb},
	} {
		t.Run(string(tt.which), func(t *testing.T) {
			h := h.in(t)
			untouched := h.signs(tt.other)
			h.wantSame("before", h.signs(tt.id)[0], []string{tt.old})
			fresh, err := h.RotateSecret(h.ctx, a.ID, tt.which, 24*time.Hour)
			h.check(err)
			if fresh == tt.old || len(fresh) != 36 {
				t.Errorf("the new secret is %q", fresh)
			}
			h.wantSame("overlapping", h.signs(tt.id)[0], []string{fresh, tt.old})
			h.clock.pass(24*time.Hour - time.Microsecond)
			h.wantSame("to the end", h.signs(tt.id)[0], []string{fresh, tt.old})
			h.clock.pass(time.Microsecond)
			h.wantSame("after", h.signs(tt.id)[0], []string{fresh})

			// Twice within the overlap: two sign, and the oldest signs no more.
			middle, err := h.RotateSecret(h.ctx, a.ID, tt.which, time.Hour)
			h.check(err)
			newest, err := h.RotateSecret(h.ctx, a.ID, tt.which, time.Hour)
			h.check(err)
			h.wantSame("twice", h.signs(tt.id)[0], []string{newest, middle})
			last, err := h.RotateSecret(h.ctx, a.ID, tt.which, 0)
			h.check(err)
			h.wantSame("without overlap", h.signs(tt.id)[0], []string{last})
			h.wantSame("the other kind", h.signs(tt.other), untouched)
		})
	}
	fresh, err := h.Secrets(h.ctx, a.ID)
	h.check(err)
	h.wantSame("application secret shown", fresh.ApplicationSecret, h.signs(rtb)[0][0])
	_, shown, err := h.Endpoint(h.ctx, a.ID)
	h.check(err)
	h.wantSame("developer secret shown", shown, h.signs(hwr)[0][0])
	h.wantSame("keys", [2]string{fresh.APIKey, fresh.JobsKey}, [2]string{secrets.APIKey, secrets.JobsKey})

	// New keys for all end an overlap at once.
	h.check(second(h.RotateSecret(h.ctx, a.ID, mattebox.SecretApplication, time.Hour)))
	fresh, err = h.RotateKeys(h.ctx, a.ID)
	h.check(err)
	h.wantSame("after new keys", h.signs(rtb)[0], []string{fresh.ApplicationSecret})
	h.wantSame("developer secret after new keys", h.signs(hwr)[0], []string{shown})
}

func testPartnerRotation(t *testing.T, open opener) {
	h := build(t, open)
	a, p := h.account("a").ID, h.account("p").ID
	own := h.deliveryOf(h.finishedImage(a).ID).ID
	shared := h.deliveryOf(h.finishedImage(a, func(o *mattebox.Submission) { o.Partner = p }).ID).ID
	before := h.signs(shared)
	fresh, err := h.RotateSecret(h.ctx, p, mattebox.SecretApplication, time.Hour)
	h.check(err)
	h.wantSame("partner's", h.signs(shared), [2][]string{before[0], {fresh, before[1][0]}})
	mine, err := h.RotateSecret(h.ctx, a, mattebox.SecretApplication, time.Hour)
	h.check(err)
	both := []string{mine, before[0][0]}
	h.wantSame("own, twice", h.signs(own), [2][]string{both, both})
}

func testRefusedRotations(t *testing.T, open opener) {
	h := build(t, open)
	a := h.account("a").ID
	before, err := h.Secrets(h.ctx, a)
	h.check(err)
	for _, tt := range []struct {
		account mattebox.AccountID
		which   mattebox.SecretKind
		overlap time.Duration
		code    mattebox.Code
		field   string
	}{
		{a, mattebox.SecretWebhook, 0, mattebox.CodeNotFound, ""},
		{5, mattebox.SecretApplication, 0, mattebox.CodeNotFound, ""},
		{5, mattebox.SecretWebhook, 0, mattebox.CodeNotFound, ""},
		{a, "api_key", 0, mattebox.CodeInvalid, "secret"},
		{a, mattebox.SecretApplication, -1, mattebox.CodeInvalid, "overlap"},
		{a, mattebox.SecretApplication, mattebox.MostOverlap + 1, mattebox.CodeInvalid, "overlap"},
	} {
		h.wantCode(second(h.RotateSecret(h.ctx, tt.account, tt.which, tt.overlap)), tt.code, tt.field)
	}
	after, err := h.Secrets(h.ctx, a)
	h.check(err)
	h.wantSame("secrets", after, before)
}

// testSealed looks for secrets in the row as it is stored, and moves them between
// columns and accounts, where they must not open.
func testSealed(t *testing.T, open opener) {
	h := listening(t, open)
	a, b := h.account("a").ID, h.account("b").ID
	known := []string{h.listen(a), h.listen(b)}
	for _, which := range []mattebox.SecretKind{mattebox.SecretApplication, mattebox.SecretWebhook} {
		fresh, err := h.RotateSecret(h.ctx, a, which, time.Hour)
		h.check(err)
		known = append(known, fresh)
	}
	secrets, err := h.Secrets(h.ctx, a)
	h.check(err)
	known = append(known, secrets.ApplicationSecret)
	columns := []string{"webhook_secret", "previous_webhook_secret", "application_secret", "previous_application_secret"}
	seen := map[string]bool{}
	for _, column := range columns {
		var stored []byte
		h.check(h.db.Reader.QueryRowContext(h.ctx, `SELECT `+column+` FROM secrets WHERE account = $1`, int64(a)).Scan(&stored))
		if len(stored) < 36+12+16 || seen[string(stored)] {
			t.Errorf("%s is %x", column, stored)
		}
		seen[string(stored)] = true
		for _, secret := range known {
			if bytes.Contains(stored, []byte(secret)) {
				t.Errorf("%s is stored as it is", column)
			}
		}
	}
	h.check(second(h.db.Writer.ExecContext(h.ctx, `UPDATE secrets SET webhook_secret = (SELECT webhook_secret FROM secrets s WHERE s.account = $1) WHERE account = $2`, int64(b), int64(a))))
	h.wantCode(h.endpointFault(a), mattebox.CodeInternal, "")
	h.check(second(h.db.Writer.ExecContext(h.ctx, `UPDATE secrets SET webhook_secret = previous_webhook_secret WHERE account = $1`, int64(a))))
	h.wantCode(h.endpointFault(a), mattebox.CodeInternal, "")
}
