package main

import (
	"fmt"
	"io"

	"mattebox/bench/table"
)

// total is what a contender did over some clips: times of all, means of the scores.
type total struct {
	frames    int
	wall, cpu float64
	peak      int64
	score     score
	clips     int
}

func (t total) rate() float64    { return per(float64(t.frames), t.wall) }
func (t total) cpuEach() float64 { return per(t.cpu, float64(t.frames)) }

func per(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}

// sum adds up a contender's legs over the clips of a set; an empty set is all.
func sum(legs []leg, contender, set string, clips []*testClip) total {
	var t total
	var scores []score
	for _, l := range legs {
		if l.Contender != contender || l.Fault != "" || !within(l.Clip, set, clips) {
			continue
		}
		t.frames += l.Frames
		t.wall += l.Wall
		t.cpu += l.CPU
		t.peak = max(t.peak, l.Peak)
		scores = append(scores, l.Score)
	}
	t.clips = len(scores)
	at := make([]int, len(scores))
	for i := range at {
		at[i] = i
	}
	t.score = mean(scores, at)
	return t
}

func within(name, set string, clips []*testClip) bool {
	for _, c := range clips {
		if c.name == name {
			return set == "" || c.set == set
		}
	}
	return false
}

// printLegs prints what the contenders took, how good their results are, and both
// for each clip. Who failed on a clip has no row over all clips.
func printLegs(out io.Writer, clips []*testClip, legs []leg, markdown bool) {
	names := finishers(legs, len(clips))
	all := map[string]total{}
	for _, name := range names {
		all[name] = sum(legs, name, "", clips)
	}
	printCosts(out, names, all, markdown)
	printAccuracy(out, names, all, clips, legs, markdown)
	for _, clip := range clips {
		printLegsOf(out, clip, legs, markdown)
	}
	for _, l := range legs {
		if l.Fault != "" {
			fmt.Fprintf(out, "%s failed on %s: %s\n", l.Contender, l.Clip, l.Fault)
		}
	}
}

// finishers are those that treated every clip, in their order.
func finishers(legs []leg, clips int) []string {
	var order []string
	done := map[string]int{}
	for _, l := range legs {
		if _, ok := done[l.Contender]; !ok {
			order = append(order, l.Contender)
			done[l.Contender] = 0
		}
		if l.Fault == "" {
			done[l.Contender]++
		}
	}
	var names []string
	for _, name := range order {
		if done[name] == clips {
			names = append(names, name)
		}
	}
	return names
}

func printCosts(out io.Writer, names []string, all map[string]total, markdown bool) {
	rows := [][]string{{"from file to file", "frames/s", "x rembg", "x naive", "CPU s/frame", "x rembg", "x naive", "peak MB"}}
	peer, naive := all[peerYardstick], all[naiveYardstick]
	for _, name := range names {
		t := all[name]
		rows = append(rows, []string{
			name, fmt.Sprintf("%.2f", t.rate()), times(t.rate(), peer.rate()), times(t.rate(), naive.rate()),
			fmt.Sprintf("%.3f", t.cpuEach()), times(peer.cpuEach(), t.cpuEach()), times(naive.cpuEach(), t.cpuEach()),
			fmt.Sprint(t.peak / 1_000_000),
		})
	}
	table.Print(out, rows, markdown)
}

func printAccuracy(out io.Writer, names []string, all map[string]total, clips []*testClip, legs []leg, markdown bool) {
	head := []string{"of the decoded result"}
	for _, set := range sets() {
		if len(of(clips, set[0])) > 0 {
			head = append(head, set[0]+" MAD", "MSE", "Grad", "dtSSD")
		}
	}
	rows := [][]string{append(head, "MAD : rembg", "dtSSD : rembg", "MAD : naive", "dtSSD : naive")}
	peer, naive := all[peerYardstick].score, all[naiveYardstick].score
	for _, name := range names {
		row := []string{name}
		for _, set := range sets() {
			if len(of(clips, set[0])) > 0 {
				row = append(row, figures(sum(legs, name, set[0], clips).score)...)
			}
		}
		s := all[name].score
		rows = append(rows, append(row, times(s.MAD, peer.MAD), times(s.DTSSD, peer.DTSSD), times(s.MAD, naive.MAD), times(s.DTSSD, naive.DTSSD)))
	}
	table.Print(out, rows, markdown)
}

func printLegsOf(out io.Writer, clip *testClip, legs []leg, markdown bool) {
	rows := [][]string{{clip.name, "frames/s", "CPU s/frame", "peak MB", "MAD", "MSE", "Grad", "dtSSD"}}
	for _, l := range legs {
		if l.Clip != clip.name || l.Fault != "" {
			continue
		}
		n := float64(l.Frames)
		rows = append(rows, append([]string{
			l.Contender, fmt.Sprintf("%.2f", per(n, l.Wall)), fmt.Sprintf("%.3f", per(l.CPU, n)), fmt.Sprint(l.Peak / 1_000_000),
		}, figures(l.Score)...))
	}
	table.Print(out, rows, markdown)
}

// times is how many times b a is.
func times(a, b float64) string {
	if a == 0 || b == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f", a/b)
}
