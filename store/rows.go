package store

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"strings"

	"mattebox"
)

// exec runs a statement and returns how many rows it changed.
func (t *tx) exec(ctx context.Context, statement string, args ...any) (int64, error) {
	result, err := t.ExecContext(ctx, statement, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// collect reads all rows of a query, whose error it takes as well.
func collect[T any](s *Store, doing string, rows *sql.Rows, err error, scan func(scanner) (*T, error)) ([]T, error) {
	if err != nil {
		return nil, s.fault(doing, err)
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, s.fault(doing, err)
		}
		all = append(all, *one)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, s.fault(doing, err)
	}
	return all, nil
}

// optional is NULL for 0.
func optional(id int64) sql.NullInt64 { return sql.NullInt64{Int64: id, Valid: id != 0} }

// optionalText is NULL for the empty text.
func optionalText(text string) sql.NullString { return sql.NullString{String: text, Valid: text != ""} }

// numbers writes statuses for use in IN (...).
func numbers(list []mattebox.Status) string {
	texts := make([]string, len(list))
	for i, n := range list {
		texts[i] = strconv.Itoa(int(n))
	}
	return strings.Join(texts, ", ")
}

// arguments collects the values of a statement that is put together from parts.
type arguments []any

// add returns the placeholder of the value.
func (a *arguments) add(value any) string {
	*a = append(*a, value)
	return "$" + strconv.Itoa(len(*a))
}

// in returns the placeholders of the ids, of which there is at least one, for use in
// IN (...). The last one is repeated up to a power of two: the texts that differ
// stay few, and with them the statements that PostgreSQL has to keep prepared.
func in[N ~int64](a *arguments, ids []N) string {
	places := make([]string, 0, 2*len(ids))
	for _, id := range ids {
		places = append(places, a.add(int64(id)))
	}
	for len(places)&(len(places)-1) != 0 {
		places = append(places, a.add(int64(ids[len(ids)-1])))
	}
	return strings.Join(places, ", ")
}

// values writes rows of values for use after VALUES. Where types are given the
// values are cast to them, because the engine cannot tell from the place.
func values(a *arguments, rows [][]any, types ...string) string {
	var text strings.Builder
	for i, row := range rows {
		if i > 0 {
			text.WriteString(", ")
		}
		for j, value := range row {
			text.WriteString([]string{"(", ", "}[min(j, 1)])
			place := a.add(value)
			if types != nil {
				place = "CAST(" + place + " AS " + types[j] + ")"
			}
			text.WriteString(place)
		}
		text.WriteString(")")
	}
	return text.String()
}

// inPieces hands the rows on in pieces of powers of two, at most 64: the texts of
// the statements that differ stay few, and with them those that PostgreSQL has to
// keep prepared.
func inPieces(rows [][]any, do func([][]any) error) error {
	for piece := 64; piece > 0; {
		if len(rows) < piece {
			piece /= 2
			continue
		}
		if err := do(rows[:piece]); err != nil {
			return err
		}
		rows = rows[piece:]
	}
	return nil
}
