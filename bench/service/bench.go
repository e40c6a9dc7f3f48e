package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"mattebox/internal/servicetest"
)

// bench is one run of the program.
type bench struct {
	settings
	program string
	results string
	log     io.Writer
}

// findings is what a run found out; sections that did not run are empty.
type findings struct {
	When    time.Time `json:"when"`
	Submit  []submit  `json:"submit,omitempty"`
	Rates   []rate    `json:"rates,omitempty"`
	Backlog *backlog  `json:"backlog,omitempty"`
	Memory  *memory   `json:"memory,omitempty"`
}

// measure runs the sections one after the other, each on a service of its own.
func (b bench) measure(ctx context.Context) (findings, error) {
	found := findings{When: time.Now().UTC().Truncate(time.Second)}
	for _, name := range strings.Split(b.sections, ",") {
		var err error
		switch name {
		case "submit":
			found.Submit, err = b.submits(ctx)
		case "rate":
			found.Rates, err = b.rates(ctx)
		case "backlog":
			found.Backlog, err = b.backlog(ctx)
		case "memory":
			found.Memory, err = b.memory(ctx)
		default:
			err = fmt.Errorf("no section is called %q; there are submit, rate, backlog and memory", name)
		}
		if err != nil {
			return found, err
		}
	}
	return found, nil
}

// stand is a running service with customers' servers around it.
type stand struct {
	*servicetest.Service
	pictures *servicetest.Pictures
	receiver *servicetest.Receiver
	client   servicetest.Client
	data     string
}

// connections is how many the clients keep open: more than any section uses at once.
const connections = 512

// begin starts a service in a new folder, with one account.
func (b bench) begin(ctx context.Context, folders ...string) (*stand, error) {
	data, err := os.MkdirTemp("", "mattebox-bench")
	if err != nil {
		return nil, fmt.Errorf("making a data folder: %w", err)
	}
	s := &stand{data: data, pictures: servicetest.NewPictures(folders...)}
	if s.receiver, err = servicetest.NewReceiver(filepath.Join(data, "journal")); err != nil {
		return nil, errors.Join(err, s.end())
	}
	flags := []string{"--allow-network", "127.0.0.0/8", "--metrics-listen", "off", "--engines", strconv.Itoa(b.engines)}
	if b.database != "" {
		flags = append(flags, "--migrate")
	}
	s.Service, err = servicetest.Launch(ctx, servicetest.Config{Program: b.program, Data: data, Database: b.database, Flags: flags})
	if err != nil {
		return nil, errors.Join(err, s.end())
	}
	account, err := s.CreateAccount(ctx, fmt.Sprintf("bench%d@example.test", time.Now().UnixNano()))
	if err != nil {
		return nil, errors.Join(err, s.end())
	}
	s.client = s.Client(account)
	s.client.HTTP = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections}}
	return s, nil
}

// end stops everything and removes the folder.
func (s *stand) end() error {
	s.pictures.Close()
	var errs []error
	if s.Service != nil {
		errs = append(errs, s.Kill())
	}
	if s.receiver != nil {
		errs = append(errs, s.receiver.Close())
	}
	return errors.Join(append(errs, os.RemoveAll(s.data))...)
}

// hang is the address of a source that never answers, so that orders stay queued.
func (s *stand) hang() string { return s.pictures.Handle("hang.jpg", servicetest.Hang) }

func save(path string, found findings) error {
	bytes, err := json.MarshalIndent(found, "", "  ")
	if err != nil {
		return fmt.Errorf("writing results: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("writing results: %w", err)
	}
	if err := os.WriteFile(path, append(bytes, '\n'), 0o644); err != nil {
		return fmt.Errorf("writing results: %w", err)
	}
	return nil
}
