package main

import (
	"strconv"
	"strings"

	"mattebox"
)

// margins reads --margin: one to four lengths in the order of CSS (all; top and
// bottom, left and right; top, sides, bottom; top, right, bottom, left), all in
// percent or all in pixels. A bare number takes the unit of the others, pixels
// when there is none.
func (f *TemplateFlags) margins() ([]setting, error) {
	if f.Margin == "" {
		return nil, nil
	}
	parts := strings.Split(f.Margin, ",")
	if len(parts) > 4 {
		return nil, mattebox.Invalid("--margin", "has %d lengths; use one to four", len(parts))
	}
	kind := mattebox.MarginUnset
	values := make([]float64, len(parts))
	for i, part := range parts {
		v, unit, err := marginLength(part)
		if err != nil {
			return nil, err
		}
		if unit != mattebox.MarginUnset && kind != mattebox.MarginUnset && unit != kind {
			return nil, mattebox.Invalid("--margin", "mixes percent and pixels")
		}
		values[i], kind = v, max(kind, unit)
	}
	if kind == mattebox.MarginUnset {
		kind = mattebox.MarginPixels
	}
	m := sides(values)
	return []setting{
		{"marginType", int(kind), "--margin"},
		{"marginTop", m.Top, "--margin"}, {"marginBottom", m.Bottom, "--margin"},
		{"marginLeft", m.Left, "--margin"}, {"marginRight", m.Right, "--margin"},
	}, nil
}

// marginLength reads one length; MarginUnset says that it has no unit.
func marginLength(text string) (float64, mattebox.MarginType, error) {
	text = strings.TrimSpace(text)
	number, unit := text, mattebox.MarginUnset
	if n, ok := strings.CutSuffix(text, "%"); ok {
		number, unit = n, mattebox.MarginPercent
	} else if n, ok := strings.CutSuffix(text, "px"); ok {
		number, unit = n, mattebox.MarginPixels
	}
	v, ok := decimal(strings.TrimSpace(number))
	if !ok || v < 0 {
		return 0, 0, mattebox.Invalid("--margin", "has %.20q; use lengths such as 10%% or 40px", text)
	}
	return v, unit, nil
}

// sides spreads one to four lengths over the sides.
func sides(v []float64) mattebox.Margins {
	switch len(v) {
	case 1:
		return mattebox.Margins{Top: v[0], Bottom: v[0], Left: v[0], Right: v[0]}
	case 2:
		return mattebox.Margins{Top: v[0], Bottom: v[0], Left: v[1], Right: v[1]}
	case 3:
		return mattebox.Margins{Top: v[0], Bottom: v[2], Left: v[1], Right: v[1]}
	}
	return mattebox.Margins{Top: v[0], Bottom: v[2], Left: v[3], Right: v[1]}
}

// decimal reads a number as people write it, which rules out what strconv
// accepts beyond: infinities, hexadecimal and underscores.
func decimal(text string) (float64, bool) {
	if text == "" || strings.Trim(text, "0123456789.+-") != "" {
		return 0, false
	}
	v, err := strconv.ParseFloat(text, 64)
	return v, err == nil
}
