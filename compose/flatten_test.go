package compose

import (
	"context"
	"image"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mattebox/imaging"
)

func TestFlattenSharesALoneSubject(t *testing.T) {
	p := flat(4, 3, 9)
	p.Alpha = make([]uint8, 12)
	c := &Canvas{Width: 4, Height: 3, Meta: imaging.Meta{DPI: 72}, Layers: []Layer{
		{Picture: flat(9, 9, 1), Hidden: true},
		{Picture: p, Role: RoleSubject},
	}}
	got := flattened(t, c)
	if &got.Pix[0] != &p.Pix[0] || &got.Alpha[0] != &p.Alpha[0] {
		t.Error("samples were copied")
	}
	if got.Meta.DPI != 72 || p.Meta.DPI != 0 {
		t.Errorf("dpi = %g, and %g on the layer; want 72 and 0", got.Meta.DPI, p.Meta.DPI)
	}
}

// TestFlattenStacks draws a picture that hangs over the canvas's corner, half of
// it see-through, over a shadow over a colour.
func TestFlattenStacks(t *testing.T) {
	p := flat(2, 2, 100)
	p.Alpha = []uint8{255, 255, 255, 51}
	mask := image.NewAlpha(image.Rect(1, 0, 3, 1))
	mask.Pix = []uint8{55, 155}
	layers := []Layer{
		{Fill: gradient(255, 255, 2)},
		{Fill: &Fill{Height: 2}, Mask: mask, Blend: Multiply},
		{Picture: p, X: -1, Y: -1},
	}
	c := &Canvas{Width: 3, Height: 2, Layers: layers}
	got := flattened(t, c)
	want := []uint8{224, 200, 100, 255, 255, 255}
	for i, w := range want {
		if v := got.Pix[3*i]; v != w {
			t.Errorf("pixel %d = %d, want %d", i, v, w)
		}
	}
	if got.Alpha != nil {
		t.Error("an opaque canvas has alpha")
	}

	c.Layers, c.Deep = append([]Layer{}, layers...), true
	c.Layers[2].Picture = deep(p)
	got = flattened(t, c)
	for i, w := range want {
		if v := got.Pix16[3*i+1]; v != uint16(w)*257 {
			t.Errorf("16 bits: pixel %d = %d, want %d", i, v, int(w)*257)
		}
	}
}

func TestFlattenOnNothing(t *testing.T) {
	p := flat(2, 1, 100)
	p.Alpha = []uint8{255, 0}
	mask := image.NewAlpha(image.Rect(0, 0, 2, 1))
	mask.Pix = []uint8{60, 60}
	c := &Canvas{Width: 4, Height: 1, Layers: []Layer{
		{Fill: &Fill{Height: 1}, Mask: mask, Blend: Multiply},
		{Picture: p, X: 1},
	}}
	want := &imaging.Picture{
		Width: 4, Height: 1,
		Pix:   []uint8{0, 0, 0, 100, 100, 100, 0, 0, 0, 0, 0, 0},
		Alpha: []uint8{60, 255, 0, 0},
	}
	if diff := cmp.Diff(want, flattened(t, c)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestFlattenGradientThroughMask covers the one kind of layer that no template
// makes, since Layer promises it.
func TestFlattenGradientThroughMask(t *testing.T) {
	mask := image.NewAlpha(image.Rect(0, 0, 1, 2))
	mask.Pix = []uint8{255, 51}
	c := &Canvas{Width: 1, Height: 2, Layers: []Layer{{Fill: gradient(10, 60, 2), Mask: mask}}}
	want := &imaging.Picture{Width: 1, Height: 2, Pix: []uint8{10, 10, 10, 60, 60, 60}, Alpha: []uint8{255, 51}}
	if diff := cmp.Diff(want, flattened(t, c)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	c.Layers = append([]Layer{{Picture: flat(1, 2, 0)}}, c.Layers...)
	want = &imaging.Picture{Width: 1, Height: 2, Pix: []uint8{10, 10, 10, 12, 12, 12}}
	if diff := cmp.Diff(want, flattened(t, c)); diff != "" {
		t.Errorf("on a picture (-want +got)\n%s", diff)
	}
}

func TestFlattenStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c := &Canvas{Width: 3, Height: 100, Layers: []Layer{{Fill: &Fill{Height: 100}}}}
	if _, err := c.Flatten(ctx); err != context.Canceled {
		t.Errorf("error = %v, want %v", err, context.Canceled)
	}
	if _, err := Apply(ctx, changed(), block(10, 10, image.Rect(2, 2, 5, 5))); err != context.Canceled {
		t.Errorf("Apply: error = %v, want %v", err, context.Canceled)
	}
}
