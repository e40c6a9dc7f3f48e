package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mattebox"
)

func TestLockFolder(t *testing.T) {
	dir := t.TempDir()
	lock, err := lockFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lockFolder(dir); !isLocked(err) || mattebox.CodeOf(err) != mattebox.CodeConflict || !strings.Contains(err.Error(), "process") {
		t.Errorf("the second lock: %v", err)
	}
	lock.release()
	again, err := lockFolder(dir)
	if err != nil {
		t.Fatalf("after the release: %v", err)
	}
	again.release()
}

// Scratch folders of processes that died go; those of living ones stay.
func TestScratchOfTheDead(t *testing.T) {
	data := t.TempDir()
	dead, err := newScratch(data)
	if err != nil {
		t.Fatal(err)
	}
	dead.lock.release() // as the kernel does
	living, err := newScratch(data)
	if err != nil {
		t.Fatal(err)
	}
	hourAgo := time.Now().Add(-time.Hour)
	for _, s := range []*scratch{dead, living} {
		if err := os.Chtimes(filepath.Join(s.dir, lockName), hourAgo, hourAgo); err != nil {
			t.Fatal(err)
		}
	}
	mine, err := newScratch(data)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dead.dir); err == nil {
		t.Error("the dead process's folder is still there")
	}
	if _, err := os.Stat(living.dir); err != nil {
		t.Errorf("the living process's folder: %v", err)
	}
	for _, s := range []*scratch{living, mine} {
		if err := s.remove(); err != nil {
			t.Error(err)
		}
	}
}
