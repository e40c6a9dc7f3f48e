package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"strconv"

	"mattebox/engine/clip"
	"mattebox/matte"
	"mattebox/matte/onnx"
	"mattebox/video"
	"mattebox/weights"
)

// nets are the installed networks.
type nets struct {
	runtime *onnx.Runtime
	open    []*onnx.Net
	large   *onnx.Net
	cutter  *clip.Cutter
}

func openNets(s settings) (*nets, error) {
	folder := s.home
	if folder == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return nil, err
		}
		folder = filepath.Join(home, ".local", "share", "mattebox", "models")
	}
	store, err := weights.Open(folder)
	if err != nil {
		return nil, err
	}
	path, err := store.Runtime()
	if err != nil {
		return nil, err
	}
	runtime, err := onnx.Open(path)
	if err != nil {
		return nil, err
	}
	n := &nets{runtime: runtime}
	if n.large, err = n.load(store, "isnet", s.threads); err != nil {
		return nil, errors.Join(err, n.Close())
	}
	small, err := n.load(store, "u2netp", s.threads)
	if err != nil {
		return nil, errors.Join(err, n.Close())
	}
	people, err := n.load(store, "selfie", s.threads)
	if err != nil {
		return nil, errors.Join(err, n.Close())
	}
	n.cutter, err = clip.New(clip.Config{Large: n.large, Small: small, People: people})
	return n, err
}

func (n *nets) load(store *weights.Store, name string, threads int) (*onnx.Net, error) {
	m, err := store.Model(name)
	if err != nil {
		return nil, err
	}
	net, err := n.runtime.Load(m.Path, m.Spec, onnx.Config{Runs: 1, Threads: threads})
	if err == nil {
		n.open = append(n.open, net)
	}
	return net, err
}

// Close frees the networks.
func (n *nets) Close() error {
	var errs []error
	for _, net := range n.open {
		errs = append(errs, net.Close())
	}
	return errors.Join(append(errs, n.runtime.Close())...)
}

// contestant makes mattes of a clip's frames; it returns how often it asked a net.
type contestant struct {
	name   string
	mattes func(ctx context.Context, c *testClip, emit func([]uint8)) (looks int, err error)
}

// contender returns the one of that name: a model, or a number, which is the longer side at
// which the large net looks at each frame.
func (n *nets) contender(name string) (contestant, error) {
	if side, err := strconv.Atoi(name); err == nil && side > 0 {
		return contestant{fmt.Sprintf("%d on each frame", side), func(ctx context.Context, c *testClip, emit func([]uint8)) (int, error) {
			return n.each(ctx, c, side, emit)
		}}, nil
	}
	model, err := clip.ParseModel(name)
	if err != nil {
		return contestant{}, err
	}
	return contestant{string(model), func(ctx context.Context, c *testClip, emit func([]uint8)) (int, error) {
		report, err := n.cutter.Mattes(ctx, model, &play{clip: c}, func(m clip.Matted) error {
			emit(m.Alpha)
			return nil
		})
		if err != nil {
			return 0, err
		}
		return report.Looks, nil
	}}, nil
}

// each is the naive road: the net on every frame, its map scaled to the frame.
func (n *nets) each(ctx context.Context, c *testClip, side int, emit func([]uint8)) (int, error) {
	for _, f := range c.frames {
		p := rgb(f)
		multiple := n.large.Spec().Multiple
		fit := func(v int) int {
			return max(1, (v*side/max(f.Width, f.Height)+multiple/2)/multiple) * multiple
		}
		m, err := matte.Look(ctx, n.large, p, image.Rect(0, 0, f.Width, f.Height), fit(f.Width), fit(f.Height))
		if err != nil {
			return 0, err
		}
		m = m.Resize(f.Width, f.Height)
		alpha := make([]uint8, len(m.Pix))
		for i, v := range m.Pix {
			alpha[i] = uint8(max(0, min(1, (v-.02)/.96))*255 + .5)
		}
		emit(alpha)
	}
	return len(c.frames), nil
}

func rgb(f *video.Frame) *matte.Picture {
	p := &matte.Picture{Width: f.Width, Height: f.Height, Pix: make([]uint8, 3*f.Width*f.Height)}
	for i := range f.Width * f.Height {
		copy(p.Pix[i*3:i*3+3], f.Pix[i*4:])
	}
	return p
}
