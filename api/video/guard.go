package video

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"mattebox"
)

// The headers that prove who asks (contracts D1).
const (
	keyHeader   = "X-Api-Key"
	adminHeader = "X-Admin-Token"
)

// The names of the schemes in the OpenAPI document.
const (
	keyScheme   = "apiKey"
	adminScheme = "adminToken"
)

type callerKey struct{}

// caller returns the key that the request came with; operations that need one are
// not reached without.
func caller(ctx context.Context) *mattebox.VideoKey {
	key, _ := ctx.Value(callerKey{}).(*mattebox.VideoKey)
	return key
}

// withKey lets a request with a good key pass, as long as the key has not used up its
// rate.
func (a *api) withKey(ctx huma.Context, next func(huma.Context)) {
	a.admit(ctx, next, ctx.Header(keyHeader))
}

// withLegacyKey is withKey for the paths that needed no key (contracts D1).
func (a *api) withLegacyKey(ctx huma.Context, next func(huma.Context)) {
	secret := ctx.Header(keyHeader)
	if secret == "" {
		secret = a.LegacyKey
	}
	a.admit(ctx, next, secret)
}

func (a *api) admit(ctx huma.Context, next func(huma.Context), secret string) {
	key, err := a.keyOf(ctx.Context(), secret)
	if err != nil {
		a.refuse(ctx, err)
		return
	}
	mattebox.NoteOf(ctx.Context()).Account = key.Account
	left := a.limits.take(key.ID)
	left.tell(exchangeOf(ctx).w.Header())
	if !left.allowed {
		a.refuse(ctx, left.refusal())
		return
	}
	next(huma.WithValue(ctx, callerKey{}, key))
}

// maxSecret is the longest key that is looked up, in bytes.
const maxSecret = 256

func (a *api) keyOf(ctx context.Context, secret string) (*mattebox.VideoKey, error) {
	if secret == "" {
		return nil, &fault{status: http.StatusUnauthorized, code: codeNoKey, message: "The API key is missing; send it in the header " + keyHeader + "."}
	}
	var key *mattebox.VideoKey
	err := mattebox.Errorf(mattebox.CodeUnauthenticated, "too long")
	if len(secret) <= maxSecret {
		key, err = a.Keys.VideoKeyBySecret(ctx, secret)
	}
	if mattebox.CodeOf(err) == mattebox.CodeUnauthenticated {
		return nil, &fault{status: http.StatusUnauthorized, code: codeBadKey, message: "Invalid API key"}
	}
	return key, err
}

// withToken lets administrators pass.
func (a *api) withToken(ctx huma.Context, next func(huma.Context)) {
	given := sha256.Sum256([]byte(ctx.Header(adminHeader)))
	wanted := sha256.Sum256([]byte(a.AdminToken))
	if a.AdminToken == "" || subtle.ConstantTimeCompare(given[:], wanted[:]) != 1 {
		message := "The administrator's token in " + adminHeader + " is missing or wrong."
		if a.AdminToken == "" {
			message = "This service has no administrator's token; set MATTEBOX_ADMIN_TOKEN."
		}
		a.refuse(ctx, &fault{status: http.StatusUnauthorized, code: codeBadKey, message: message})
		return
	}
	next(ctx)
}

// refuse answers a request before its operation.
func (a *api) refuse(ctx huma.Context, err error) {
	f := a.report(ctx.Context(), explain(err))
	f.write(exchangeOf(ctx).w, a.requestID(ctx.Context()))
}

// plain reports whether the text has no control characters: those that a database
// or a log does not take.
func plain(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\uFFFD' })
}
