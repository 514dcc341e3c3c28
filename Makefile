# SPDX-License-Identifier: Apache-2.0
# Tasks for people; `make help` lists them. One debug build serves run and test.

SHELL := /bin/bash
PACKAGES := libcurl4-openssl-dev libxml2-dev libyaml-dev libsqlite3-dev zlib1g-dev libbrotli-dev libzstd-dev pkgconf
ARGS ?=
# Generated tables are not formatted.
SOURCES = $(shell git ls-files '*.swift' | grep -v /Tables/)
PREFIX ?= /usr/local

.DEFAULT_GOAL := help
.PHONY: help run test lint format bench build setup install soak

help: ## list the tasks
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## install the Debian packages the build needs (only what is missing)
	@Scripts/setup.sh $(PACKAGES)

build: setup ## build the debug products
	@Scripts/build.sh build

run: build ## judge the embedded reference connector; ARGS="--profile epic-2021-11 …" is passed on
	@.build/debug/assay run $(ARGS)

test: setup ## run every test
	@Scripts/build.sh build --build-tests
	@Scripts/test.sh $(ARGS)

lint: ## check format, imports, the walls between rooms, and that no merge was left unfinished
	@if git grep -nE '^(<{7}|>{7}) '; then echo "lint: a merge was left unfinished" >&2; exit 1; fi
	@swift format lint --strict --parallel $(SOURCES)
	@Scripts/check-walls.sh

format: ## format all Swift sources in place
	@swift format --in-place --parallel $(SOURCES)

bench: setup ## measure a release build against its peers: FHIRPath, start-up, lint, requests a second, canaries, the suite, the mocks
	@Scripts/build.sh build -c release --product assay
	@Scripts/build.sh build -c release --product reference-connector
	@Scripts/bench.sh
	@Scripts/bench/mock.sh

soak: setup ## long runs, not in CI: generated input for every reader, bombs for scan, SEEDS=50 seeds, 50 kills, prove --full, field issues, exploration
	@Scripts/build.sh build --build-tests
	@Scripts/soak-suite.sh
	@Scripts/soak-kill.sh
	@python3 Scripts/bench/hostile.py .build/debug/assay $(or $(HOSTILE_SECONDS),60)
	@python3 Scripts/soak-scan.py .build/debug/assay $(or $(SCAN_GIB),10)
	@Scripts/soak.sh
	@Scripts/build.sh build -c release
	@Scripts/field-proof.sh
	@Scripts/explore-proof.sh

install: setup ## build release and install under PREFIX (default /usr/local)
	@Scripts/build.sh build -c release
	@install -d $(PREFIX)/bin $(PREFIX)/share/assay
	@install .build/release/assay .build/release/reference-connector $(PREFIX)/bin/
	@cp -R Scenarios MockEHR $(PREFIX)/share/assay/
