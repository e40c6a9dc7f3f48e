package main

import (
	"strings"
	"testing"
)

func TestAccountJobsKey(t *testing.T) {
	h := newHouse(t)
	h.account("a@b.example")
	h.account("other@b.example")
	var made shownKey
	h.reads(&made, "account", "jobs-key", "a@b.example", "--add", "shop", "--note", "the new one")
	if len(made.APIKey) != 36 || len(made.Fingerprint) != 16 || !made.Enabled || made.First || made.Client != "shop" || made.Note != "the new one" {
		t.Errorf("made %+v", made)
	}
	var listed []shownKey
	h.reads(&listed, "account", "jobs-key", "a@b.example", "--list")
	if len(listed) != 2 || !listed[0].First || listed[1].Fingerprint != made.Fingerprint || listed[1].APIKey != "" {
		t.Errorf("listed %+v", listed)
	}
	h.run("account", "jobs-key", "a@b.example", "--disable", made.Fingerprint).wantCode(t, exitDone)
	if text := h.run("account", "jobs-key", "a@b.example", "--list").stdout; !strings.Contains(text, made.Fingerprint+"  shop    disabled") || strings.Contains(text, made.APIKey) {
		t.Errorf("listed:\n%s", text)
	}
	var again shownKey
	h.reads(&again, "account", "jobs-key", "a@b.example", "--enable", made.Fingerprint)
	if !again.Enabled {
		t.Errorf("enabled %+v", again)
	}
	text := h.run("account", "jobs-key", "a@b.example", "--add", "app").stdout
	if !strings.Contains(text, "clientId: app\n") || !strings.Contains(text, "apiKey: ") {
		t.Errorf("made:\n%s", text)
	}
	other := h.run("account", "jobs-key", "other@b.example", "--disable", made.Fingerprint)
	other.wantCode(t, exitUsage)
	other.wantSaid(t, "no key with the fingerprint")
}

func TestAccountJobsKeyRefuses(t *testing.T) {
	h := newHouse(t)
	h.account("a@b.example")
	for name, tt := range map[string]struct {
		args []string
		says string
	}{
		"nothing":            {nil, "--add, --list, --disable and --enable"},
		"two things":         {[]string{"--list", "--add", "x"}, "--add, --list, --disable and --enable"},
		"a note alone":       {[]string{"--list", "--note", "x"}, "--note"},
		"a long name":        {[]string{"--add", strings.Repeat("x", 300)}, "--add"},
		"control characters": {[]string{"--add", "a\x01"}, "--add"},
	} {
		t.Run(name, func(t *testing.T) {
			r := h.run(append([]string{"account", "jobs-key", "a@b.example"}, tt.args...)...)
			r.wantCode(t, exitUsage)
			r.wantSaid(t, tt.says)
		})
	}
	h.run("account", "jobs-key", "nobody@b.example", "--list").wantCode(t, exitUsage)
}
