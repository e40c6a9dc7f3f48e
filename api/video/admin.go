package video

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"mattebox"
)

// configOut is the answer to GET /v1/admin/config; its members are ours (contracts
// D1 names none).
type configOut struct {
	Service     string      `json:"service"`
	Version     string      `json:"version"`
	PublicURL   string      `json:"public_url"`
	Models      []string    `json:"models"`
	Formats     []string    `json:"output_formats"`
	Credits     modelPrices `json:"model_pricing_credits_per_minute"`
	MaxUpload   int64       `json:"max_upload_bytes"`
	Rate        int         `json:"requests_per_minute" doc:"Of one key."`
	LegacyPaths bool        `json:"legacy_paths_without_key" doc:"Requests to /api without a key are taken."`
}

// KeyObject is a key as administrators see it. It is exported for huma, which looks
// into embedded structs of exported types only; so are Making, Backdrop and
// UsageSums.
type KeyObject struct {
	ClientID    string `json:"client_id"`
	Fingerprint string `json:"key_fingerprint"`
	Account     int64  `json:"account"`
	Note        string `json:"note"`
	First       bool   `json:"first" doc:"Is the account's own key, that mattebox account prints."`
	Enabled     bool   `json:"enabled"`
	CreatedAt   string `json:"created_at" format:"date-time"`
}

type keysOut struct {
	Items []KeyObject `json:"items"`
}

type newKeyIn struct {
	Body struct {
		_        struct{} `json:"-" additionalProperties:"true"`
		ClientID string   `json:"client_id" maxLength:"100" pattern:"^[^\\x00-\\x20\\x7f-\\xa0][^\\x00-\\x1f\\x7f-\\x9f]*$" patternDescription:"name without control characters" doc:"Whom the key is for."`
		Note     *string  `json:"note,omitempty" maxLength:"500" pattern:"^[^\\x00-\\x1f\\x7f-\\x9f]*$" patternDescription:"text without control characters"`
		Account  *string  `json:"account,omitempty" maxLength:"320" pattern:"^[^\\x00-\\x1f\\x7f-\\x9f]*$" patternDescription:"text without control characters" doc:"E-mail address or number of the account that pays. Default: the account that client_id names, else the oldest account."`
	}
}

type newKeyOut struct {
	Success     bool   `json:"success"`
	APIKey      string `json:"api_key" doc:"Told this once."`
	Fingerprint string `json:"key_fingerprint"`
	ClientID    string `json:"client_id"`
	Account     int64  `json:"account"`
	Note        string `json:"note"`
}

type switchIn struct {
	Body struct {
		_           struct{} `json:"-" additionalProperties:"true"`
		Fingerprint string   `json:"key_fingerprint" pattern:"^[0-9a-f]{16}$" patternDescription:"fingerprint of a key: 16 hexadecimal digits"`
	}
}

type switchOut struct {
	Success bool `json:"success"`
	KeyObject
}

type noInput struct{}

func (a *api) adminOperations() {
	add(a, operation{
		method: http.MethodGet, path: "/v1/admin/config", id: "adminConfig", tag: tagAdmin, summary: "See how the service is set", door: tokened,
	}, a.adminConfig)
	add(a, operation{
		method: http.MethodGet, path: "/v1/admin/keys", id: "listKeys", tag: tagAdmin, summary: "List all keys", door: tokened,
	}, a.listKeys)
	add(a, operation{
		method: http.MethodPost, path: "/v1/admin/keys", id: "createKey", tag: tagAdmin, summary: "Make a key", door: tokened,
		refusals: []int{http.StatusNotFound},
	}, a.createKey)
	add(a, operation{
		method: http.MethodPost, path: "/v1/admin/keys/disable", id: "disableKey", tag: tagAdmin, summary: "Have a key refused", door: tokened,
		description: "Jobs that are being made go on.", refusals: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *switchIn) (*answer[switchOut], error) { return a.switchKey(ctx, in, true) })
	add(a, operation{
		method: http.MethodPost, path: "/v1/admin/keys/enable", id: "enableKey", tag: tagAdmin, summary: "Have a key accepted again", door: tokened,
		refusals: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *switchIn) (*answer[switchOut], error) {
		return a.switchKey(ctx, in, false)
	})
}

func (a *api) adminConfig(context.Context, *noInput) (*answer[configOut], error) {
	out := configOut{
		Service: "mattebox", Version: a.Version, PublicURL: a.Links.Public, MaxUpload: a.MaxUpload, Rate: a.Rate, LegacyPaths: a.LegacyKey != "",
		Credits: perMinute(),
	}
	for _, m := range mattebox.JobModels() {
		out.Models = append(out.Models, string(m))
	}
	for _, f := range mattebox.JobFormats() {
		out.Formats = append(out.Formats, string(f))
	}
	return &answer[configOut]{out}, nil
}

func (a *api) listKeys(ctx context.Context, _ *noInput) (*answer[keysOut], error) {
	keys, err := a.Keys.VideoKeys(ctx, 0)
	if err != nil {
		return nil, err
	}
	out := keysOut{Items: make([]KeyObject, len(keys))}
	for i := range keys {
		out.Items[i] = keyOf(&keys[i])
	}
	return &answer[keysOut]{out}, nil
}

func keyOf(k *mattebox.VideoKey) KeyObject {
	return KeyObject{
		ClientID: k.ClientID, Fingerprint: k.Fingerprint, Account: int64(k.Account), Note: k.Note, First: k.First, Enabled: !k.Disabled, CreatedAt: stamp(k.Created),
	}
}

func (a *api) createKey(ctx context.Context, in *newKeyIn) (*answer[newKeyOut], error) {
	client, note := strings.TrimSpace(in.Body.ClientID), text(in.Body.Note)
	if client == "" || !plain(client) || !plain(note) {
		return nil, mattebox.Invalid("client_id", "or note is blank or has control characters")
	}
	account, err := a.payer(ctx, text(in.Body.Account), client)
	if err != nil {
		return nil, err
	}
	key, secret, err := a.Keys.AddVideoKey(ctx, account, client, note)
	if err != nil {
		return nil, err
	}
	return &answer[newKeyOut]{newKeyOut{
		Success: true, APIKey: secret, Fingerprint: key.Fingerprint, ClientID: key.ClientID, Account: int64(key.Account), Note: key.Note,
	}}, nil
}

// payer returns the account that a new key is to belong to.
func (a *api) payer(ctx context.Context, named, client string) (mattebox.AccountID, error) {
	if named == "" {
		account, err := a.Accounts.AccountByEmail(ctx, client)
		if err == nil {
			return account.ID, nil
		}
		if mattebox.CodeOf(err) != mattebox.CodeNotFound {
			return 0, err
		}
		return a.oldest(ctx)
	}
	if id, err := strconv.ParseInt(named, 10, 64); err == nil {
		return mattebox.AccountID(id), nil
	}
	if !plain(named) {
		return 0, mattebox.Invalid("account", "has control characters")
	}
	account, err := a.Accounts.AccountByEmail(ctx, named)
	if err != nil {
		return 0, err
	}
	return account.ID, nil
}

func (a *api) oldest(ctx context.Context) (mattebox.AccountID, error) {
	accounts, err := a.Accounts.Accounts(ctx)
	if err != nil {
		return 0, err
	}
	if len(accounts) == 0 {
		return 0, mattebox.Errorf(mattebox.CodeNotFound, "there is no account yet")
	}
	oldest := accounts[0].ID
	for _, account := range accounts {
		oldest = min(oldest, account.ID)
	}
	return oldest, nil
}

func (a *api) switchKey(ctx context.Context, in *switchIn, disabled bool) (*answer[switchOut], error) {
	key, err := a.Keys.DisableVideoKey(ctx, in.Body.Fingerprint, disabled)
	if err != nil {
		return nil, err
	}
	return &answer[switchOut]{switchOut{true, keyOf(key)}}, nil
}
