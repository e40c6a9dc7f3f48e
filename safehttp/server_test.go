package safehttp

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync"
	"testing"
	"time"
)

// soon is how long a test waits for what must happen at once.
const soon = 20 * time.Second

// testClient reaches 127.0.0.1 and nothing else of this machine, and is impatient.
func testClient(t *testing.T, change func(*Config)) *Client {
	t.Helper()
	config := Config{
		Allow:   prefixes("127.0.0.1/32"),
		Connect: 2 * time.Second, Post: time.Second, Answer: 200 * time.Millisecond,
	}
	if change != nil {
		change(&config)
	}
	c := New(config)
	t.Cleanup(c.Close)
	return c
}

func serve(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

// rawServer answers each connection, after one request's headers, by what talk
// writes; talk returns when the connection is to be closed.
func rawServer(t *testing.T, talk func(net.Conn)) (url string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
					talk(conn)
				}
			}()
		}
	}()
	return "http://" + l.Addr().String() + "/"
}

// untilClosed blocks until the other side closes.
func untilClosed(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }

// reset closes the connection with a RST.
func reset(conn net.Conn) {
	_ = conn.(*net.TCPConn).SetLinger(0)
	conn.Close()
}

// wantClass fails the test unless err is an *Error of the class with a message.
func wantClass(t *testing.T, err error, class Class) *Error {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("error %v is no *Error, want %s", err, class)
	}
	if e.Class != class || e.Message == "" {
		t.Fatalf("error %v has class %q, want %q", err, e.Class, class)
	}
	return e
}

// nameServer is a DNS server that answers each question for an IPv4 address with
// the next of a list of answers; the last one stays.
type nameServer struct {
	conn    net.PacketConn
	mu      sync.Mutex
	answers [][]netip.Addr
}

func newNameServer(t *testing.T, answers ...[]netip.Addr) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	s := &nameServer{conn: conn, answers: answers}
	go s.run()
	return resolverAt(conn.LocalAddr().String())
}

func (s *nameServer) run() {
	for {
		query := make([]byte, 1500)
		n, from, err := s.conn.ReadFrom(query)
		if err != nil {
			return
		}
		_, _ = s.conn.WriteTo(s.reply(query[:n]), from)
	}
}

// reply answers a query of one question (RFC 1035, 4): its header and question
// again, with A records for it.
func (s *nameServer) reply(query []byte) []byte {
	end := 12
	for query[end] != 0 {
		end += int(query[end]) + 1
	}
	end += 5
	kind := binary.BigEndian.Uint16(query[end-4:])
	reply := append([]byte{query[0], query[1], 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0}, query[12:end]...)
	if kind != 1 { // only A
		return reply
	}
	for _, a := range s.next() {
		reply[7]++
		v4 := a.As4()
		reply = append(reply, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4)
		reply = append(reply, v4[:]...)
	}
	return reply
}

func (s *nameServer) next() []netip.Addr {
	s.mu.Lock()
	defer s.mu.Unlock()
	answer := s.answers[0]
	if len(s.answers) > 1 {
		s.answers = s.answers[1:]
	}
	return answer
}

func addrs(texts ...string) []netip.Addr {
	var all []netip.Addr
	for _, text := range texts {
		all = append(all, netip.MustParseAddr(text))
	}
	return all
}
