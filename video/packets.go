package video

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"mattebox"
)

// packetArgs ask ffprobe for a line for each packet: pts,dts,duration,flags.
func packetArgs(stream int) []string {
	return []string{"-select_streams", strconv.Itoa(stream),
		"-show_entries", "packet=pts,dts,duration,flags", "-of", "csv=p=0"}
}

// packet is one line of that.
type packet struct {
	at     int64 // in ticks of the stream
	length int64 // 0 when the container does not say
	key    bool
}

// parsePacket reads a line. ok is false for one that has no time or whose frame
// is not shown.
func parsePacket(line string) (p packet, ok bool) {
	fields := strings.SplitN(line, ",", 5)
	if len(fields) < 4 || strings.Contains(fields[3], "D") {
		return packet{}, false
	}
	at, err := strconv.ParseInt(fields[0], 10, 64)
	if err != nil {
		// AVI has times of decoding only.
		if at, err = strconv.ParseInt(fields[1], 10, 64); err != nil {
			return packet{}, false
		}
	}
	const most = 1 << 52
	if at < -most || at > most {
		return packet{}, false
	}
	p = packet{at: at, key: strings.Contains(fields[3], "K")}
	if p.length, err = strconv.ParseInt(fields[2], 10, 64); err != nil || p.length < 0 || p.length > most {
		p.length = 0
	}
	return p, true
}

// measure reads all packets and completes the info with what they say of time.
func measure(ctx context.Context, i *Info, args []string, limits Limits) error {
	p, ours, err := startReading(ctx, "ffprobe", args)
	if err != nil {
		return err
	}
	defer ours.Close()
	var packets []packet
	err = eachLine(ours, func(line string) error {
		if k, ok := parsePacket(line); ok {
			packets = append(packets, k)
		}
		return limits.checkLength(0, len(packets))
	})
	if err != nil {
		p.stop()
	}
	var known *mattebox.Error
	switch ended := p.wait(); {
	case errors.As(err, &known):
		return err
	case len(packets) == 0 || ctx.Err() != nil:
		if err := fault(ctx, errors.Join(err, ended), p.words); err != nil {
			return err
		}
		return mattebox.Errorf(mattebox.CodeInvalid, "the clip has no frames")
	}
	// Packets in front of damage are good.
	i.settle(packets)
	return limits.checkLength(i.Duration, i.Frames)
}

// settle reckons rate, length and key frames out of the packets, of which there is
// at least one.
func (i *Info) settle(packets []packet) {
	slices.SortStableFunc(packets, func(a, b packet) int { return int(max(-1, min(1, a.at-b.at))) })
	packets = shown(packets)
	first, last := packets[0], packets[len(packets)-1]
	i.Frames = len(packets)
	i.First = 0
	i.VariableRate = true
	start := time.Duration(i.Track.Start)
	i.First = max(i.Track.TimeBase.at(first.at)-start, 0)
	i.Rate, i.VariableRate = i.judgeRate(packets)
	length, frame := i.Track.TimeBase.at(last.length), i.Rate.Frame()
	if length > frame*3/2 {
		i.VariableRate = true // the last frame stays
	}
	if length == 0 || !i.VariableRate {
		length = frame
	}
	end := i.clock(last.at)
	if i.VariableRate && i.Duration > end {
		// Matroska gives every packet of a track the same length.
		length = min(length, i.Duration-end)
	}
	i.Duration = end + length
	i.Keys = nil
	for _, p := range packets {
		if p.key {
			i.Keys = append(i.Keys, i.clock(p.at))
		}
	}
}

// shown leaves out packets that share their time with the one before: VP8's
// alternate references, which are never shown, and doubled fields.
func shown(packets []packet) []packet {
	kept := packets[:1]
	for _, p := range packets[1:] {
		if before := &kept[len(kept)-1]; p.at == before.at {
			before.key = before.key || p.key
			before.length = max(before.length, p.length)
			continue
		}
		kept = append(kept, p)
	}
	return kept
}

// judgeRate finds the rate on whose grid all packets lie, or says that there is
// none and returns the mean.
func (i *Info) judgeRate(packets []packet) (r Rate, variable bool) {
	if len(packets) == 1 {
		if i.Rate.Known() && i.Rate.Float() <= fastest {
			return i.Rate, false
		}
		return Rate{25, 1}, false
	}
	ticks := packets[len(packets)-1].at - packets[0].at
	if ticks > 1<<62/i.Track.TimeBase.Den {
		return Rate{1, 1}, true // damage: no clip has such a length
	}
	mean := Rate{int64(len(packets)-1) * i.Track.TimeBase.Num, ticks * i.Track.TimeBase.Den}.reduce()
	for _, r := range append([]Rate{i.Rate}, candidates(mean)...) {
		if r.Known() && r.Float() <= fastest && onGrid(packets, i.Track.TimeBase, r) {
			return r, false
		}
	}
	return mean, true
}

// fastest is the highest rate that is taken for one, in frames a second: above it
// are the clocks of containers.
const fastest = 480

// candidates returns the rates in use that are near the mean, and the mean itself.
func candidates(mean Rate) []Rate {
	near := []Rate{mean}
	for _, r := range []Rate{
		{24000, 1001}, {24, 1}, {25, 1}, {30000, 1001}, {30, 1}, {48000, 1001}, {48, 1}, {50, 1}, {60000, 1001}, {60, 1},
		{120000, 1001}, {120, 1}, {240, 1}, {15, 1}, {12, 1}, {10, 1}, {8, 1}, {5, 1},
	} {
		if ratio := r.Float() / mean.Float(); ratio > .99 && ratio < 1.01 {
			near = append([]Rate{r}, near...)
		}
	}
	return near
}

// onGrid reports whether every packet lies within a tick, or a millisecond and a
// half for fine clocks, of its place on the rate's grid, one packet a place.
func onGrid(packets []packet, base, r Rate) bool {
	slack := max(base.at(1)+base.at(1)/8, 1500*time.Microsecond)
	slack = min(slack, r.Frame()/3)
	for n, p := range packets {
		off := base.at(p.at-packets[0].at) - r.at(int64(n))
		if off > slack || off < -slack {
			return false
		}
	}
	return true
}

// reduce returns the fraction in lowest terms, coarser when its parts would not
// fit.
func (r Rate) reduce() Rate {
	a, b := r.Num, r.Den
	for b != 0 {
		a, b = b, a%b
	}
	if a > 0 {
		r = Rate{r.Num / a, r.Den / a}
	}
	for r.Num > 1<<31 || r.Den > 1<<31 {
		r = Rate{max(1, r.Num>>1), max(1, r.Den>>1)}
	}
	return r
}
