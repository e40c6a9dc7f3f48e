package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"mattebox/bench/contender"
)

// peerPictures is how many pictures of the folder a peer is given: they take them
// one after the other, so that their rate shows soon.
const peerPictures = 8

// rates measures pictures per second over a folder, as many at a time as the
// contender likes, and beside it what the net alone would allow on these cores.
func (b bench) rates(ctx context.Context, s section, source string) (findings, error) {
	var found findings
	for _, c := range b.contenders {
		if isSlow(c) {
			continue
		}
		few, from := s, source
		if c.Peer && s.pictures > peerPictures {
			few.pictures = peerPictures
			var err error
			if from, err = b.photos(ctx, few); err != nil {
				return nil, err
			}
		}
		found = append(found, b.rate(ctx, few, c, from))
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	alone, err := b.netRate(ctx)
	if err != nil {
		fmt.Fprintln(b.log, "the net alone was not measured:", err)
		return found, nil
	}
	return append(found, alone), nil
}

func (b bench) rate(ctx context.Context, s section, c contender.Contender, source string) figure {
	f := figure{Contender: c.Name, Section: s.name}
	fmt.Fprintf(b.log, "%s: %s ...", s.name, c.Name)
	result, err := c.Run(ctx, source, b.target(c), 0)
	if err == nil {
		err = firstFault(result)
	}
	if err != nil {
		fmt.Fprintln(b.log, " failed")
		f.Fault = err.Error()
		return f
	}
	f.Peak = result.Peak
	f.Rate = float64(len(result.Pictures)) / result.Wall.Seconds()
	fmt.Fprintf(b.log, " %.1f s\n", result.Wall.Seconds())
	return f
}

// netRate runs bench/peers/net_rate.py: the large net and nothing else.
func (b bench) netRate(ctx context.Context) (figure, error) {
	net, err := b.netFile(ctx)
	if err != nil {
		return figure{}, err
	}
	peers := filepath.Join(b.root, "bench", "peers")
	fmt.Fprintf(b.log, "folder: %s, %s ...", netAlone, filepath.Base(net))
	command := exec.CommandContext(ctx, filepath.Join(peers, ".venv", "bin", "python"),
		filepath.Join(peers, "net_rate.py"), net, strconv.Itoa(6*b.rounds))
	command.Stderr = b.log
	said, err := command.Output()
	if err != nil {
		return figure{}, fmt.Errorf("running net_rate.py: %w", err)
	}
	var rates map[string]float64 // pictures per second by arrangement
	if err := json.Unmarshal(said, &rates); err != nil {
		return figure{}, fmt.Errorf("reading what net_rate.py says: %w", err)
	}
	f := figure{Contender: netAlone, Section: "folder"}
	for _, rate := range rates {
		f.Rate = max(f.Rate, rate)
	}
	fmt.Fprintf(b.log, " %s\n", bytes.TrimSpace(said))
	return f, nil
}

// netFile returns the net's file: the one that was named, else the one that
// mattebox has prepared.
func (b bench) netFile(ctx context.Context) (string, error) {
	if b.net != "" {
		return b.net, nil
	}
	listed, err := exec.CommandContext(ctx, filepath.Join(b.root, "bin", "mattebox"), "model", "list", "--json").Output()
	if err != nil {
		return "", fmt.Errorf("asking mattebox for its net: %w", err)
	}
	var models []struct{ Name, State, Path string }
	if err := json.Unmarshal(listed, &models); err != nil {
		return "", fmt.Errorf("reading mattebox's list of models: %w", err)
	}
	for _, m := range models {
		if m.Name == "isnet" && m.State == "ready" {
			return m.Path, nil
		}
	}
	return "", errors.New("mattebox has no isnet: run mattebox model install")
}

// flatPictures is how many pictures the section flat takes, and flatSample how
// often it looks.
const (
	flatPictures = 500
	flatSample   = 500 * time.Millisecond
)

// flat samples the resident memory of mattebox over many pictures.
func (b bench) flat(ctx context.Context, s section, source string) (findings, error) {
	var found findings
	for _, c := range b.contenders {
		if !strings.HasPrefix(c.Name, "mattebox") {
			continue
		}
		f := figure{Contender: c.Name, Section: s.name}
		fmt.Fprintf(b.log, "%s: %s ...", s.name, c.Name)
		result, err := c.Run(ctx, source, b.target(c), flatSample)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			f.Fault = err.Error()
		}
		fmt.Fprintf(b.log, " %.1f s\n", result.Wall.Seconds())
		f.Memory, f.Peak = result.Memory, result.Peak
		found = append(found, f)
	}
	return found, nil
}
