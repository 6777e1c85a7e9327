# `make demo` shows the scorecard of the example company; `make help` lists the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help

# The first that runs and is new enough; 3.11 is what constraints.txt was resolved on.
PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check --constraint constraints.txt
BASE := $(VENV)/.installed-base
STAMP := $(VENV)/.installed
DEMO := examples/harbor_cloud
FAST := not slow
# Spark tests form one group, so that one worker holds the one session.
PARALLEL := --numprocesses 2 --dist loadgroup

.PHONY: help setup system demo check test test-all fuzz bench clean

help: ## List the targets.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Lichen needs Python 3.11 or newer: install it, or set PYTHON=/path/to/python3.11." >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || { rm -rf $(VENV); scripts/setup-system.sh $(PYTHON)-venv && $(PYTHON) -m venv $(VENV); }

$(BASE): pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing Lichen into $(VENV) (a minute or two the first time) ..."
	@$(PIP) --editable '.[reports]'
	@touch $@

$(STAMP): $(BASE)
	@echo "Installing Spark and what the tests need (a few minutes the first time) ..."
	@$(PIP) --editable '.[dev]'
	@touch $@

setup: $(STAMP) ## Make .venv with everything, at the versions of constraints.txt.

system: # Java and Chromium, where the machine lets us install them.
	@scripts/setup-system.sh

demo: $(BASE) ## The example company's scorecard: in the terminal, and as a page.
	@test -d $(DEMO)/feeds || $(BIN)/lichen simulate $(DEMO) --accounts 3000 --months 72 --seed 128 --truth
	@$(BIN)/lichen run $(DEMO)

check: $(STAMP) ## Style, types, layers, docs: under a minute.
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@told=$$($(BIN)/lint-imports --no-logo 2>&1) || { echo "$$told"; exit 1; }
	@$(BIN)/python -m pytest -q -p no:cacheprovider tests/architecture

test: $(STAMP) system ## DuckDB, one Spark case per metric, one browser story: under ten minutes.
	@$(BIN)/python -m pytest -q $(PARALLEL) -m "$(FAST)" tests

test-all: $(STAMP) system ## Everything, faults and slow cases included: under an hour.
	@$(BIN)/python -m pytest -q $(PARALLEL) tests

fuzz: $(STAMP) ## Ten thousand damaged exports: half an hour or so.
	@LICHEN_FUZZ=10000 $(BIN)/python -m pytest -q -k much_damage tests/engine/ledger/exports

bench: $(STAMP) ## The benchmark table: ratios measured in one run.
	@$(BIN)/python -m benchmarks

clean: ## Remove what was built, simulated and cached.
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist build
	rm -rf $(DEMO)/feeds $(DEMO)/truth $(DEMO)/runs $(DEMO)/.lichen
