package main

import (
	"context"

	"mattebox/bench/photos"
)

// photos returns a folder with the section's number of photographs of its size.
func (b bench) photos(ctx context.Context, s section) (string, error) {
	set := photos.Set{Data: b.data, Results: b.results, Log: b.log}
	return set.Folder(ctx, s.megapixels, s.pictures)
}
