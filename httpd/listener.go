package httpd

import (
	"net"
	"sync"
)

// bound is a listener with at most so many connections open at a time. Further
// ones stay in the kernel's queue until one of ours closes.
type bound struct {
	net.Listener
	places chan struct{}
	done   chan struct{}
	close  func() error
}

func limitListener(l net.Listener, most int) net.Listener {
	b := &bound{Listener: l, places: make(chan struct{}, most), done: make(chan struct{})}
	b.close = sync.OnceValue(func() error {
		close(b.done)
		return l.Close()
	})
	return b
}

// Accept waits for a place, then for a connection.
func (b *bound) Accept() (net.Conn, error) {
	select {
	case b.places <- struct{}{}:
	case <-b.done:
		return nil, net.ErrClosed
	}
	conn, err := b.Listener.Accept()
	if err != nil {
		<-b.places
		return nil, err
	}
	return &placed{Conn: conn, leave: sync.OnceFunc(func() { <-b.places })}, nil
}

// Close ends an Accept that waits for a place, too.
func (b *bound) Close() error { return b.close() }

// placed gives its place back when it is closed.
type placed struct {
	net.Conn
	leave func()
}

func (p *placed) Close() error {
	defer p.leave()
	return p.Conn.Close()
}
