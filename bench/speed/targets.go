package main

import (
	"math"

	"mattebox/bench/table"
)

func targets(found findings) []table.Target {
	faster := func(peer, section string) float64 {
		return found.seconds(peer, section) / found.seconds(reference, section)
	}
	return []table.Target{
		{What: "warm 1 MP: times faster than imgly", Got: faster("imgly", "warm1"), Limit: 2.8, Least: true},
		{What: "cold: times faster than imgly", Got: faster("imgly", "cold"), Limit: 1.9, Least: true},
		{What: "warm 1 MP: memory to imgly's", Got: found.peak(reference, "warm1") / found.peak("imgly", "warm1"), Limit: .6},
		{What: "warm 1 MP: times faster than rembg", Got: faster("rembg", "warm1"), Limit: 1.2, Least: true},
		{What: "warm 12 MP: times faster than rembg", Got: faster("rembg", "warm12"), Limit: 1.8, Least: true},
		{What: "warm 1 MP: times faster than rembg-matting", Got: faster("rembg-matting", "warm1"), Limit: 10, Least: true},
		{What: "fast: time to standard's", Got: faster("mattebox-fast", "warm1"), Limit: .2},
		{What: "time outside the net at 1 MP", Got: found.outside(reference, "warm1"), Limit: .1},
		{What: "time outside the net at 12 MP", Got: found.outside(reference, "warm12"), Limit: .3},
		{What: "folder: rate to the net alone", Got: found.rate(reference) / found.rate(netAlone), Limit: .9, Least: true},
		{What: "peak at 24 MP, GB", Got: found.peak(reference, "warm24") / 1e9, Limit: 1.3},
		{What: "growth of memory over 500 pictures", Got: found.growth(reference), Limit: .05},
	}
}

// The following return NaN for what was not measured.

func (f findings) seconds(name, section string) float64 {
	found, _ := f.get(name, section)
	return median(found.Seconds)
}

func (f findings) outside(name, section string) float64 {
	found, _ := f.get(name, section)
	return median(found.Outside)
}

func (f findings) peak(name, section string) float64 {
	found, _ := f.get(name, section)
	return known(float64(found.Peak))
}

func (f findings) rate(name string) float64 {
	found, _ := f.get(name, "folder")
	return known(found.Rate)
}

func (f findings) growth(name string) float64 {
	found, _ := f.get(name, "flat")
	if len(found.Memory) < 20 {
		return math.NaN()
	}
	return growth(found.Memory)
}

func known(v float64) float64 {
	if v == 0 {
		return math.NaN()
	}
	return v
}
