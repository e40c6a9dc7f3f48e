package main

import (
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// addresses is how many receivers there can be, from 127.0.0.1 on.
const addresses = 254

// receivers are https servers, each at an address of its own: the service counts
// attempts by host.
type receivers struct {
	n         int
	authority string // file with the certificate that they are trusted by

	server *http.Server
	ports  []int

	mu       sync.Mutex
	arrivals []arrival
	hung     map[int]chan struct{} // receivers that do not answer until it is closed
}

// arrival is one request that a receiver took.
type arrival struct {
	at       time.Time // when its headers had come
	receiver int
	id       string // of the delivery
	body     []byte
}

// listen starts n receivers, which answer 200 at once.
func listen(n int) (*receivers, error) {
	certificates, authority, err := certify(n)
	if err != nil {
		return nil, fmt.Errorf("making certificates: %w", err)
	}
	folder, err := os.MkdirTemp("", "mattebox-bench")
	if err != nil {
		return nil, fmt.Errorf("making a folder: %w", err)
	}
	r := &receivers{n: n, authority: filepath.Join(folder, "authority.pem"), hung: map[int]chan struct{}{}}
	r.server = &http.Server{Handler: r, ErrorLog: log.New(io.Discard, "", 0)}
	if err := os.WriteFile(r.authority, authority, 0o600); err != nil {
		return nil, errors.Join(err, r.close())
	}
	for i, certificate := range certificates {
		l, err := net.Listen("tcp", address(i)+":0")
		if err != nil {
			return nil, errors.Join(fmt.Errorf("listening: %w", err), r.close())
		}
		r.ports = append(r.ports, l.Addr().(*net.TCPAddr).Port)
		go func() {
			// It ends with the server, whose error is then that it was closed.
			_ = r.server.Serve(tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{certificate}}))
		}()
	}
	return r, nil
}

func (r *receivers) close() error {
	r.answer()
	return errors.Join(r.server.Close(), os.RemoveAll(filepath.Dir(r.authority)))
}

func address(i int) string { return fmt.Sprintf("127.0.0.%d", i+1) }

// url returns the i-th receiver's address, whose path is its number.
func (r *receivers) url(i int) string {
	return fmt.Sprintf("https://%s:%d/%d", address(i), r.ports[i], i)
}

// ServeHTTP notes the request.
func (r *receivers) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	a := arrival{at: time.Now(), id: request.Header.Get("webhook-id")}
	var err error
	if a.body, err = io.ReadAll(request.Body); err != nil {
		return // the sender broke off: nothing was received
	}
	if _, err := fmt.Sscanf(request.URL.Path, "/%d", &a.receiver); err != nil {
		http.Error(w, "there is no such receiver", http.StatusNotFound)
		return
	}
	if hung := r.take(a); hung != nil {
		select {
		case <-hung:
		case <-request.Context().Done():
		}
		w.WriteHeader(http.StatusServiceUnavailable)
	}
}

// take returns what the answer waits for.
func (r *receivers) take(a arrival) chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.arrivals = append(r.arrivals, a)
	return r.hung[a.receiver]
}

// journal returns what came so far. It is not to be changed.
func (r *receivers) journal() []arrival {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clip(r.arrivals)
}

// forget empties the journal.
func (r *receivers) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.arrivals = nil
}

// hang lets a receiver answer nothing more.
func (r *receivers) hang(i int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.hung[i] = make(chan struct{})
}

// answer lets those that hang answer 503.
func (r *receivers) answer() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, hung := range r.hung {
		select {
		case <-hung:
		default:
			close(hung)
		}
	}
}

// wait returns how long after its event the request came. The body has the event's
// time in milliseconds, rounded down.
func (a arrival) wait() (time.Duration, error) {
	var body struct {
		Data struct {
			Occurred time.Time `json:"occurred"`
		} `json:"data"`
	}
	if err := json.Unmarshal(a.body, &body); err != nil || body.Data.Occurred.IsZero() {
		return 0, fmt.Errorf("a webhook without the time of its event: %.300s", a.body)
	}
	return a.at.Sub(body.Data.Occurred), nil
}

// waits returns them all.
func waits(arrivals []arrival) ([]time.Duration, error) {
	all := make([]time.Duration, len(arrivals))
	for i, a := range arrivals {
		var err error
		if all[i], err = a.wait(); err != nil {
			return nil, err
		}
	}
	return all, nil
}
