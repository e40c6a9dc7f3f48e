# Mattebox. "make" or "make help" lists what there is.

SHELL := /bin/bash
GOFILES = $(shell find . \( -name node_modules -o -name .venv -o -name .reference -o -name out \) -prune -o -name '*.go' -print)
FUZZTIME ?= 20s
ROUNDS ?= 50

.DEFAULT_GOAL := help
.PHONY: help demo test check build eval bench fuzz soak clean setup

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## set this machine up (Debian with Go and Node) and cut out real photographs
	@scripts/setup.sh
	@scripts/demo.sh

setup: ## set this machine up without the demonstration
	@scripts/setup.sh

test: ## set up what the tests need and run every test
	@scripts/setup.sh test
	@scripts/test.sh ./...

check: ## formatting, vet, linter, tidy modules, import table, race detector
	@scripts/setup.sh test
	@scripts/check.sh $(GOFILES)

build: ## build bin/mattebox
	go build -o bin/mattebox ./cmd/mattebox

eval: build ## measure quality on ../shared/testdata against the baseline and the installed peers
	bench/peers/setup.sh
	go run ./bench/eval $(ARGS)
	go run ./bench/video

bench: build ## measure speed and memory against the peers, on photographs and clips, then the service and its webhooks, some 45 minutes
	bench/peers/setup.sh
	go run ./bench/speed $(ARGS)
	go run ./bench/video -peers -frames 24
	go run ./bench/video -flat 10 -model human
	go run ./bench/service
	go run ./bench/webhooks

fuzz: ## run every fuzz target for FUZZTIME (default 20s)
	@scripts/fuzz.sh $(FUZZTIME)

soak: ## kill the service in 50 rounds (ROUNDS) on each database, an hour or so
	@scripts/setup.sh test
	MATTEBOX_SOAK_ROUNDS=$(ROUNDS) go test ./internal/e2e/... -run '^Test(Crash|Webhook)Rounds$$' -v -count=1 -p 1 -timeout 6h

clean: ## remove what was built and made here; installed models stay
	rm -rf bin out .cache psd/testdata/*/node_modules
