package matte

import "context"

func Baseline(p *Picture, net Inferer) []uint8 {
	g, _ := look(p, p.Bounds(), net.Spec())
	m, _ := infer(context.Background(), net, g)
	m = m.scaleTo(p.Width, p.Height)
	out := make([]uint8, len(m.Pix))
	for i, v := range m.Pix {
		out[i] = toByte(v)
	}
	return out
}
