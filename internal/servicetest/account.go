package servicetest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

// Account is an account with what it proves itself with.
type Account struct {
	Email             string `json:"email"`
	APIKey            string `json:"apiKey"`
	ApplicationSecret string `json:"applicationSecret"`
	JobsKey           string `json:"jobsKey"`
}

// Secrets returns what may stand in no log.
func (a Account) Secrets() []string {
	var secrets []string
	for _, s := range []string{a.APIKey, a.ApplicationSecret, a.JobsKey} {
		if s != "" {
			secrets = append(secrets, s)
		}
	}
	return secrets
}

// CreateAccount makes an account beside the running service, with more flags of
// "mattebox account create". Unless they say otherwise it orders on credit, so that
// tests of other things need no money.
func (s *Service) CreateAccount(ctx context.Context, email string, flags ...string) (Account, error) {
	flags = append([]string{"--email", email, "--name", "Test", "--trial-images", "0", "--days-of-credit", "30", "--json"}, flags...)
	out, err := s.Command(ctx, []string{"account", "create"}, flags...)
	if err != nil {
		return Account{}, err
	}
	var a Account
	if err := json.Unmarshal(out, &a); err != nil {
		return a, fmt.Errorf("reading what mattebox account create prints, %q: %w", out, err)
	}
	return a, nil
}

// Client returns a client of the service for the account.
func (s *Service) Client(a Account) Client {
	return Client{URL: s.URL, Email: a.Email, Key: a.APIKey, HTTP: s.HTTP}
}

// Leaks returns the lines of the service's log that hold one of the secrets.
func (s *Service) Leaks(secrets ...string) ([]string, error) {
	log, err := os.ReadFile(s.Log)
	if err != nil {
		return nil, fmt.Errorf("reading the service's log: %w", err)
	}
	var leaks []string
	for line := range bytes.Lines(log) {
		for _, secret := range secrets {
			if bytes.Contains(line, []byte(secret)) {
				leaks = append(leaks, string(line))
				break
			}
		}
	}
	return leaks, nil
}

// Trouble returns the end of the service's log without the requests and the routine.
func (s *Service) Trouble() string {
	log, _ := os.ReadFile(s.Log) // it only helps
	var lines []string
	for line := range strings.Lines(string(log)) {
		if !strings.Contains(line, "level=INFO") && !strings.Contains(line, "engine child said") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines[max(0, len(lines)-100):], "")
}
