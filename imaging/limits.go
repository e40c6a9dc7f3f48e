package imaging

// Limits bound what a stranger's picture may cost. They are checked on the file
// size and on the header, before a sample is allocated. A zero field stands for
// its default.
type Limits struct {
	Bytes  int64 // of the file; default 100 MB
	Pixels int64 // width times height; default 100 million
	Side   int   // of either side, in pixels; default 65500, where JPEG ends
}

// DefaultLimits returns the limits that zero fields stand for.
func DefaultLimits() Limits {
	return Limits{Bytes: 100_000_000, Pixels: 100_000_000, Side: 65500}
}

func (l Limits) orDefault() Limits {
	d := DefaultLimits()
	if l.Bytes <= 0 {
		l.Bytes = d.Bytes
	}
	if l.Pixels <= 0 {
		l.Pixels = d.Pixels
	}
	if l.Side <= 0 {
		l.Side = d.Side
	}
	return l
}

func (l Limits) checkBytes(n int) error {
	if max := l.orDefault().Bytes; int64(n) > max {
		return &LimitError{What: "bytes", Got: int64(n), Max: max}
	}
	return nil
}

func (l Limits) checkSize(width, height int) error {
	l = l.orDefault()
	if side := max(width, height); side > l.Side {
		return &LimitError{What: "side", Got: int64(side), Max: int64(l.Side)}
	}
	if n := int64(width) * int64(height); n > l.Pixels {
		return &LimitError{What: "pixels", Got: n, Max: l.Pixels}
	}
	return nil
}
