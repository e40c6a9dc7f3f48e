package servicetest

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/image/draw"
)

// Pictures is the customers' web server: photographs by name, and whatever
// answers a test wants it to give.
type Pictures struct {
	URL     string // without a slash at its end
	folders []string

	mu       sync.Mutex
	handlers map[string]http.Handler // by path
	asked    map[string]int          // requests, by path
	scaled   map[string][]byte       // files, by path
	server   *httptest.Server
}

// NewPictures serves the pictures of the folders on a free port of 127.0.0.1:
// "/coffee.png" is that file, "/256/coffee.jpg" the same photograph as a JPEG
// whose longer side has 256 pixels. Close ends it.
func NewPictures(folders ...string) *Pictures {
	p := &Pictures{
		folders: folders, handlers: map[string]http.Handler{},
		asked: map[string]int{}, scaled: map[string][]byte{},
	}
	p.server = httptest.NewServer(http.HandlerFunc(p.serve))
	p.URL = p.server.URL
	return p
}

// Close ends the server, cutting off who still waits.
func (p *Pictures) Close() {
	p.server.CloseClientConnections()
	p.server.Close()
}

// At returns the address of a path below the server.
func (p *Pictures) At(path string) string { return p.URL + "/" + path }

// Handle gives a path to a handler of the test's own and returns its address.
func (p *Pictures) Handle(path string, handler http.HandlerFunc) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.handlers["/"+path] = handler
	return p.At(path)
}

// Asked returns how often the path was requested.
func (p *Pictures) Asked(path string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked["/"+path]
}

func (p *Pictures) serve(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.asked[r.URL.Path]++
	handler := p.handlers[r.URL.Path]
	p.mu.Unlock()
	if handler != nil {
		handler.ServeHTTP(w, r)
		return
	}
	file, err := p.File(strings.TrimPrefix(r.URL.Path, "/"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	_, _ = w.Write(file) // the client's loss
}

// File returns what the server answers at the path.
func (p *Pictures) File(path string) ([]byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if file, ok := p.scaled[path]; ok {
		return file, nil
	}
	side, name, found := strings.Cut(path, "/")
	if !found {
		return p.read(path)
	}
	longest, err := strconv.Atoi(side)
	if err != nil || longest < 1 {
		return nil, fmt.Errorf("%q is no number of pixels", side)
	}
	file, err := p.scale(name, longest)
	if err == nil {
		p.scaled[path] = file
	}
	return file, err
}

func (p *Pictures) read(name string) ([]byte, error) {
	for _, folder := range p.folders {
		if file, err := os.ReadFile(filepath.Join(folder, filepath.Base(name))); err == nil {
			return file, nil
		}
	}
	return nil, fmt.Errorf("there is no picture %s", name)
}

// scale finds the photograph by its name without extension and encodes it as the
// name's extension says.
func (p *Pictures) scale(name string, longest int) ([]byte, error) {
	extension := filepath.Ext(name)
	stem := strings.TrimSuffix(name, extension)
	file, err := p.read(stem + ".png")
	if err != nil {
		if file, err = p.read(stem + ".jpg"); err != nil {
			return nil, err
		}
	}
	source, _, err := image.Decode(bytes.NewReader(file))
	if err != nil {
		return nil, fmt.Errorf("decoding %s: %w", name, err)
	}
	b := source.Bounds()
	factor := float64(longest) / float64(max(b.Dx(), b.Dy()))
	target := image.NewRGBA(image.Rect(0, 0, int(float64(b.Dx())*factor), int(float64(b.Dy())*factor)))
	draw.BiLinear.Scale(target, target.Bounds(), source, b, draw.Src, nil)
	var out bytes.Buffer
	if extension == ".png" {
		err = png.Encode(&out, target)
	} else {
		err = jpeg.Encode(&out, target, &jpeg.Options{Quality: 92})
	}
	if err != nil {
		return nil, fmt.Errorf("encoding %s: %w", name, err)
	}
	return out.Bytes(), nil
}
