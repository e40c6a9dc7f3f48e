package psd

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"sync"
)

// part is a stretch of the file: bytes that are ready, or a strip of one
// channel still to be made.
type part struct {
	ready   []byte
	strip   strip
	channel *channel // nil when the bytes are ready
	size    int64
}

func literal(b []byte) part { return part{ready: b, size: int64(len(b))} }

// channelParts are the strips of a channel's data.
func (p *picture) channelParts(i int) []part {
	var parts []part
	for _, t := range p.strips() {
		q := part{strip: t, channel: &p.channels[i]}
		switch q.channel.compression {
		case compressionRaw:
			q.size = t.rawBytes()
		case compressionZip:
			q.size = int64(q.channel.zips[t.index].bytes)
		case compressionPackBits:
			for _, n := range q.channel.counts[t.first:t.last] {
				q.size += int64(n)
			}
		}
		parts = append(parts, q)
	}
	return parts
}

// appendTo makes the part's bytes. It fails when they are not what was
// measured, which is a row source that changed its mind.
func (q *part) appendTo(b []byte, s *scratch) ([]byte, error) {
	if q.channel == nil {
		return append(b, q.ready...), nil
	}
	if q.channel.compression != compressionZip {
		return q.appendRows(b, s)
	}
	b, size, err := q.strip.appendZip(b, q.channel.id, s)
	if err == nil && size != q.channel.zips[q.strip.index] {
		err = q.fickle(q.strip.first)
	}
	return b, err
}

// appendRows appends the rows as they are, or each packed by itself.
func (q *part) appendRows(b []byte, s *scratch) ([]byte, error) {
	for y := q.strip.first; y < q.strip.last; y++ {
		row, err := q.strip.of.row(q.channel.id, y, s)
		if err != nil {
			return b, err
		}
		if q.channel.compression == compressionRaw {
			b = append(b, row...)
			continue
		}
		start := len(b)
		b = appendPackBits(b, row)
		if len(b)-start != int(q.channel.counts[y]) {
			return b, q.fickle(y)
		}
	}
	return b, nil
}

func (q *part) fickle(y int) error {
	return fmt.Errorf("psd: %s differs from one reading to the next at row %d", q.strip.of.name, y)
}

// job asks for a part; its answer goes to where the writer waits for it.
type job struct {
	part   *part
	buffer []byte
	answer chan<- made
}

type made struct {
	bytes []byte
	err   error
}

// writeParts makes the parts on all processors and writes them in order. At
// most two buffers a processor are alive: they go round from the writer back to
// the dispatcher, which is what keeps it from running ahead.
func writeParts(ctx context.Context, w io.Writer, parts []part) error {
	workers := min(runtime.GOMAXPROCS(0), len(parts))
	buffers := make(chan []byte, 2*workers)
	answers := make([]chan made, cap(buffers))
	for i := range answers {
		buffers <- nil
		answers[i] = make(chan made, 1)
	}
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	jobs := make(chan job)
	for range workers {
		wg.Go(func() { work(jobs) })
	}
	wg.Go(func() { dispatch(ctx, parts, jobs, buffers, answers) })
	return drain(ctx, w, len(parts), buffers, answers)
}

// work makes parts until there are no more.
func work(jobs <-chan job) {
	var s scratch
	for j := range jobs {
		b, err := j.part.appendTo(j.buffer[:0], &s)
		j.answer <- made{b, err}
	}
}

// dispatch hands out the parts in order, one for every free buffer.
func dispatch(ctx context.Context, parts []part, jobs chan<- job, buffers <-chan []byte, answers []chan made) {
	defer close(jobs)
	for i := range parts {
		select {
		case <-ctx.Done():
			return
		case b := <-buffers:
			jobs <- job{&parts[i], b, answers[i%len(answers)]}
		}
	}
}

// drain writes n answers in order and gives their buffers back.
func drain(ctx context.Context, w io.Writer, n int, buffers chan<- []byte, answers []chan made) error {
	for i := range n {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case m := <-answers[i%len(answers)]:
			if m.err != nil {
				return m.err
			}
			if _, err := w.Write(m.bytes); err != nil {
				return fmt.Errorf("psd: write: %w", err)
			}
			buffers <- m.bytes
		}
	}
	return nil
}
