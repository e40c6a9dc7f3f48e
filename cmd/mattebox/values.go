package main

import (
	"math"
	"strconv"
	"strings"
	"time"

	"mattebox"
)

// byteSize is a number of bytes, written with a unit or without: 512MiB, 2G,
// 1.5GB, 1073741824. K, M and G stand for powers of 1024, as do KiB, MiB and
// GiB; kB, MB and GB for powers of 1000.
type byteSize int64

// UnmarshalText reads what a user types.
func (b *byteSize) UnmarshalText(text []byte) error {
	number := strings.TrimRight(string(text), "kKmMgGiB")
	unit, ok := byteUnit(string(text)[len(number):])
	v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if err != nil || !ok || !(v > 0) || v*unit > math.MaxInt64/2 {
		return mattebox.Errorf(mattebox.CodeInvalid, "%.20q is no amount of memory; use one such as 512MiB or 2GiB", text)
	}
	*b = byteSize(v * unit)
	return nil
}

func byteUnit(name string) (float64, bool) {
	switch strings.ToLower(name) {
	case "", "b":
		return 1, true
	case "k", "kib":
		return 1 << 10, true
	case "m", "mib":
		return 1 << 20, true
	case "g", "gib":
		return 1 << 30, true
	case "kb":
		return 1e3, true
	case "mb":
		return 1e6, true
	case "gb":
		return 1e9, true
	}
	return 0, false
}

// settle is a time of at least 10 ms, below which a file that is being copied
// would pass for complete.
type settle time.Duration

// UnmarshalText reads what a user types, such as 2s or 500ms.
func (s *settle) UnmarshalText(text []byte) error {
	d, err := time.ParseDuration(string(text))
	if err != nil || d < 10*time.Millisecond || d > time.Hour {
		return mattebox.Errorf(mattebox.CodeInvalid, "%.20q is no time; use one such as 2s or 500ms", text)
	}
	*s = settle(d)
	return nil
}
