# Kefu: `make help` says what there is. Written for GNU make 3.81 and later, which is what macOS has.

SHELL := /bin/bash
.DEFAULT_GOAL := help

GO       ?= go
VERSION  ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
BINARY   ?= bin/kefu
LDFLAGS  := -s -w -X main.version=$(VERSION)
BUILD    := env CGO_ENABLED=0 $(GO) build -trimpath
LINT     := $(GO) tool -modfile=tools/go.mod golangci-lint
PLATFORMS ?= linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64
TIMEOUT  ?= 20m
KILLS    ?= 50
FUZZTIME ?= 10s
PKGS     ?= ./...

# One throw-away PostgreSQL for the whole run; a server of one's own (KEFU_TEST_POSTGRES) goes before it.
ifeq ($(KEFU_TEST_POSTGRES),)
WITHPG := $(GO) run ./internal/pgcluster/cmd/withpg --
endif

# Where nobody reads the output, a test that was skipped for want of PostgreSQL must be a failure.
ifeq ($(CI),true)
export KEFU_TEST_REQUIRE ?= postgres
endif

.PHONY: help demo test race check lint generate bench kill fuzz-short build release-build clean go postgres

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo '  ARGS="..." goes to demo and bench; PKGS=./internal/store/... narrows test, race and fuzz-short.'

demo: go ## see it work: no account, no configuration (ARGS=--once ends with the truth)
	@$(GO) run ./cmd/kefu demo $(ARGS)

# go test runs as many packages at once as there are cores, and that is right here too: packages share the one cluster, and each test
# has its own database.
test: go postgres ## every test, on both engines; installs PostgreSQL's programs if it may
	$(WITHPG) $(GO) test -timeout $(TIMEOUT) $(PKGS)

race: go postgres ## every test under the race detector
	$(WITHPG) $(GO) test -race -timeout $(TIMEOUT) $(PKGS)

check: go postgres ## what a change must pass before it is handed in
	@GO="$(GO)" LINT="$(LINT)" WITHPG="$(WITHPG)" TIMEOUT="$(TIMEOUT)" scripts/check.sh

lint: go ## golangci-lint, at the version that tools/go.mod pins
	$(LINT) run $(PKGS)

generate: go ## make generated files anew
	$(GO) generate ./...

bench: go postgres ## speed beside a bare baseline, on both engines (docs/performance.md)
	$(GO) run ./internal/bench $(ARGS)

kill: go postgres ## the long kill test: KILLS times (50) on each engine, under load
	KEFU_TEST_KILLS=$(KILLS) $(WITHPG) $(GO) test -count=1 -v -run '^TestKill|^TestTheBotIsKilled' -timeout 90m ./internal/e2e/...

fuzz-short: go ## each fuzz target for FUZZTIME (10s)
	@GO="$(GO)" scripts/fuzz.sh $(FUZZTIME) $(PKGS)

build: go ## bin/kefu: one static file
	$(BUILD) -ldflags '$(LDFLAGS)' -o $(BINARY) ./cmd/kefu

release-build: go ## bin/release: every platform, with SHA256SUMS
	@GO="$(GO)" LDFLAGS="$(LDFLAGS)" VERSION="$(VERSION)" scripts/release.sh $(PLATFORMS)

clean: ## remove what was built; data is left alone
	rm -rf bin coverage.out

go:
	@GO="$(GO)" scripts/need-go.sh

postgres:
	@scripts/setup-postgres.sh
