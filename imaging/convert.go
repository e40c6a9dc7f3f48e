package imaging

import (
	"bytes"
	"context"
)

// Convert brings a picture's samples to a profile (nil: sRGB; both must be matrix
// profiles, as Decode leaves them) and to 8 or 16 bits, so that it can join another
// picture: relative colorimetric. Meta is p's, but for the profile. Planes that need
// no change are shared with p, which stays as it was. Errors: a profile that cannot
// be used, or ctx's own.
func Convert(ctx context.Context, p *Picture, profile []byte, deep bool) (*Picture, error) {
	if err := p.validate(); err != nil {
		return nil, err
	}
	out := *p
	if deep {
		out.widen()
	}
	if err := out.exchange(ctx, profile); err != nil {
		return nil, err
	}
	if !deep {
		out.narrow()
	}
	out.Meta.Profile = profile
	return &out, ctx.Err()
}

// widen takes 8-bit samples to 16 bits.
func (p *Picture) widen() {
	if p.Deep() {
		return
	}
	p.Pix16 = make([]uint16, len(p.Pix))
	for i, v := range p.Pix {
		p.Pix16[i] = uint16(v) * 257
	}
	p.Pix = nil
}

// narrow takes 16-bit samples to 8 bits.
func (p *Picture) narrow() {
	if !p.Deep() {
		return
	}
	p.Pix = make([]uint8, len(p.Pix16))
	for i, v := range p.Pix16 {
		p.Pix[i] = uint8((uint32(v) + 128) / 257)
	}
	p.Pix16 = nil
}

// exchange puts new samples, in the colour space of the profile, in place of p's.
func (p *Picture) exchange(ctx context.Context, profile []byte) error {
	if bytes.Equal(profile, p.Meta.Profile) || IsSRGB(profile) && IsSRGB(p.Meta.Profile) {
		return nil
	}
	e, err := newExchanger(p.Meta.Profile, profile)
	if err != nil {
		return err
	}
	if p.Deep() {
		pix := make([]uint16, len(p.Pix16))
		err = exchangeRows(ctx, e, pix, p.Pix16, p.Width)
		p.Pix16 = pix
		return err
	}
	pix := make([]uint8, len(p.Pix))
	err = exchangeRows(ctx, e, pix, p.Pix, p.Width)
	p.Pix = pix
	return err
}
