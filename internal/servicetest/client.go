package servicetest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Format is the encoding of the answers.
type Format string

// The encodings.
const (
	XML  Format = "xml"
	JSON Format = "json"
)

// Client speaks the RTB operations for one account.
type Client struct {
	URL    string // of the service, without a slash at its end
	Email  string
	Key    string
	Format Format // XML when empty
	Bare   bool   // leave out the slash at the end of paths

	HTTP *http.Client // nil: http.DefaultClient
}

// Fields are the members of a request, besides the credentials.
type Fields map[string]any

// answerTime is how long a client waits, as the vendor's does (contracts A0).
const answerTime = 90 * time.Second

// Address returns where a path of the API, such as "Image/Reject/T", is found in
// the client's format.
func (c Client) Address(path string) string {
	address := c.URL + "/REST.svc/"
	if c.Format == JSON {
		address += "JSON/"
	}
	address += strings.Trim(path, "/")
	if c.Bare {
		return address
	}
	return address + "/"
}

// Do sends one request: the fields and the credentials go into the query of a GET
// and into the JSON body of the others. Fields may override the credentials.
func (c Client) Do(ctx context.Context, method, path string, fields Fields) (*Answer, error) {
	all := Fields{"contactEmail": c.Email, "contactAPIkey": c.Key}
	maps.Copy(all, fields)
	if method == http.MethodGet {
		query := url.Values{}
		for name, value := range all {
			query.Set(name, fmt.Sprint(value))
		}
		return c.Send(ctx, method, c.Address(path)+"?"+query.Encode(), nil)
	}
	body, err := json.Marshal(all)
	if err != nil {
		return nil, fmt.Errorf("writing the request: %w", err)
	}
	return c.Send(ctx, method, c.Address(path), body)
}

// Send sends a body as it is to an address and reads the answer in the client's
// format.
func (c Client) Send(ctx context.Context, method, address string, body []byte) (*Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, address, err)
	}
	response, err := c.http().Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	a := &Answer{HTTP: response.StatusCode, Format: c.Format}
	if a.Body, err = io.ReadAll(response.Body); err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, address, err)
	}
	return a, a.decode()
}

func (c Client) http() *http.Client {
	if c.HTTP != nil {
		return c.HTTP
	}
	return http.DefaultClient
}

// PostImage orders an image and returns its ticket.
func (c Client) PostImage(ctx context.Context, fields Fields) (string, error) {
	a, err := c.Do(ctx, http.MethodPost, "Image", fields)
	if err != nil {
		return "", err
	}
	return a.ImageTicket, a.Err()
}

// PostTemplate makes a template and returns its id. The fields that every
// template needs have defaults: a transparent PNG in 24 hours.
func (c Client) PostTemplate(ctx context.Context, fields Fields) (int, error) {
	all := Fields{"templateName": "Test", "templateOutputFormat": "PNG", "deliveryTimeInHour": "24", "backgroundType": "2"}
	maps.Copy(all, fields)
	a, err := c.Do(ctx, http.MethodPost, "Template", all)
	if err != nil {
		return 0, err
	}
	return a.TemplateId, a.Err()
}

// Status returns where an image stands.
func (c Client) Status(ctx context.Context, ticket string) (*ImageStatus, error) {
	a, err := c.Do(ctx, http.MethodGet, "Image/"+ticket, nil)
	if err != nil {
		return nil, err
	}
	if err := a.Err(); err != nil {
		return nil, err
	}
	if a.ImageStatus == nil {
		return nil, fmt.Errorf("an answer without ImageStatus: %s", a.Body)
	}
	return a.ImageStatus, nil
}

// WaitStatus asks until the image stands at one of the statuses.
func (c Client) WaitStatus(ctx context.Context, limit time.Duration, ticket string, statuses ...int) (*ImageStatus, error) {
	var last *ImageStatus
	err := Until(ctx, limit, fmt.Sprintf("image %s to reach %v", ticket, statuses), func() (bool, error) {
		var err error
		if last, err = c.Status(ctx, ticket); err != nil {
			return false, err
		}
		for _, s := range statuses {
			if last.StatusId == s {
				return true, nil
			}
		}
		return false, nil
	})
	if err != nil && last != nil {
		return last, fmt.Errorf("%w; it stands at %d (%s)", err, last.StatusId, last.StatusName)
	}
	return last, err
}

// Download fetches an address that the service gave, absolute or relative, and
// returns the response with its body read.
func (c Client) Download(ctx context.Context, address string) (*http.Response, []byte, error) {
	if !strings.Contains(address, "://") {
		address = c.URL + "/" + address
	}
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, nil, fmt.Errorf("downloading %s: %w", address, err)
	}
	response, err := c.http().Do(request)
	if err != nil {
		return nil, nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, nil, fmt.Errorf("downloading %s: %w", address, err)
	}
	return response, body, nil
}
