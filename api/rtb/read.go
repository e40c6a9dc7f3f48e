package rtb

import (
	"math"
	"strconv"
	"strings"
	"time"

	"mattebox"
)

// maxPage keeps the number of entries before a page inside an int32.
const maxPage = math.MaxInt32 / maxPerPage

// Entries per page (contracts A7, A9). More than the maximum is the maximum.
const (
	defaultPerPage = 10
	maxPerPage     = 100
)

// whole reads a decimal whole number within bounds; blank text is the default.
func whole(field, text string, byDefault, least, most int) (int, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return byDefault, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0, mattebox.Invalid(field, "is %.20q, not a whole number", text)
	}
	if n < least || n > most {
		return 0, mattebox.Invalid(field, "is %d; use a number from %d to %d", n, least, most)
	}
	return n, nil
}

// flag reads true or false in any case, or 1 or 0; blank text is false.
func flag(field, text string) (bool, error) {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "true", "1":
		return true, nil
	case "false", "0", "":
		return false, nil
	}
	return false, mattebox.Invalid(field, "is %.20q; use true or false", text)
}

// day reads a date as yyyy-MM-dd and returns when it begins in UTC; blank text is
// the zero time.
func day(field, text string) (time.Time, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return time.Time{}, nil
	}
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return time.Time{}, mattebox.Invalid(field, "is %.20q, not a date like 2013-01-31", text)
	}
	return at, nil
}

// span reads both bounds; the days of both are inside (contracts F18).
func span(fromDate, toDate string) (from, to time.Time, err error) {
	if from, err = day("fromDate", fromDate); err != nil {
		return from, to, err
	}
	if to, err = day("toDate", toDate); err != nil || to.IsZero() {
		return from, to, err
	}
	return from, to.AddDate(0, 0, 1), nil
}

// page reads a page's number and size, whose field differs from list to list.
func page(number, sizeField, size string) (mattebox.Page, error) {
	n, err := whole("page", number, 1, 1, maxPage)
	if err != nil {
		return mattebox.Page{}, err
	}
	entries, err := whole(sizeField, size, defaultPerPage, 1, math.MaxInt32)
	if err != nil {
		return mattebox.Page{}, err
	}
	return mattebox.Page{Number: n, Size: min(entries, maxPerPage)}, nil
}

// imageStatusFilter reads a status of the table; blank text is none.
func imageStatusFilter(field, text string) (*mattebox.Status, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	n, err := whole(field, text, 0, math.MinInt32, math.MaxInt32)
	if err != nil {
		return nil, err
	}
	status := mattebox.Status(n)
	if !status.Known() {
		return nil, mattebox.Invalid(field, "is %d, which is no image status", n)
	}
	return &status, nil
}
