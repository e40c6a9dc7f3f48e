package safehttp

import (
	"context"
	"net/http"
	"net/url"
)

// MaxRedirects is how many redirects a download follows.
const MaxRedirects = 5

// follow returns the first answer that is no redirect. Every hop is judged like the
// first; none leads from https to http. No referrer or cookie goes along.
func (c *Client) follow(ctx context.Context, address string, w *watch) (*http.Response, error) {
	u, refused := c.guard.parse(address)
	if refused != nil {
		return nil, refused
	}
	for hop := 0; ; hop++ {
		res, err := c.get(ctx, u)
		if err != nil {
			return nil, err
		}
		w.progress()
		next := location(res)
		if next == "" {
			return res, nil
		}
		res.Body.Close()
		if hop == MaxRedirects {
			return nil, redirectError(res, "the address redirects more than 5 times")
		}
		if u, err = c.nextHop(res, u, next); err != nil {
			return nil, err
		}
	}
}

// get sends one request.
func (c *Client) get(ctx context.Context, u *url.URL) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, &Error{Class: ClassURL, Message: "the address cannot be called", Err: err}
	}
	req.Header.Set("User-Agent", c.config.UserAgent)
	req.Header.Set("Accept", "image/*, */*;q=0.5")
	req.Header.Set("Accept-Encoding", "identity")
	return c.transport.RoundTrip(req)
}

// location returns where a redirect leads; empty when the answer is none.
func location(res *http.Response) string {
	switch res.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return res.Header.Get("Location")
	}
	return ""
}

// nextHop returns the address that a redirect from u names.
func (c *Client) nextHop(res *http.Response, u *url.URL, location string) (*url.URL, error) {
	next, err := u.Parse(location)
	if err != nil {
		return nil, redirectError(res, "the address redirects to one that cannot be read")
	}
	if u.Scheme == "https" && next.Scheme == "http" {
		return nil, redirectError(res, "the address redirects from https to http")
	}
	judged, refused := c.guard.parse(next.String())
	if refused != nil {
		return nil, refused
	}
	return judged, nil
}

func redirectError(res *http.Response, message string) *Error {
	return &Error{Class: ClassRedirect, Status: res.StatusCode, Message: message}
}
