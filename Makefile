# `make demo` shows the scorecard of the example company; `make help` lists the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help

PYTHON ?= $(shell command -v python3.13 || command -v python3.12 || command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DEMO := examples/harbor_cloud
FAST := not slow

.PHONY: help setup system demo check test test-all bench clean

help: ## List the targets.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Lichen needs Python 3.11 or newer; set PYTHON=/path/to/python3.11." >&2; exit 2; }
	@echo "Installing into $(VENV) (a few minutes the first time) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $(STAMP)

setup: $(STAMP) ## Make .venv with everything, at the versions of constraints.txt.

system: # Java and Chromium, where the machine lets us install them.
	@scripts/setup-system.sh

demo: $(STAMP) ## The example company's scorecard: in the terminal, and as a page.
	@test -d $(DEMO)/feeds || $(BIN)/lichen simulate $(DEMO) --accounts 2000 --months 72 --seed 7 --truth
	@$(BIN)/lichen run $(DEMO)

check: $(STAMP) ## Style, types, layers, docs: under a minute.
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --verbose 2>&1 | tail -4; exit $${PIPESTATUS[0]}
	@$(BIN)/python -m pytest -q -p no:cacheprovider tests/architecture

test: $(STAMP) system ## DuckDB, one Spark case per metric, one browser story: under ten minutes.
	@$(BIN)/python -m pytest -q -m "$(FAST)" tests

test-all: $(STAMP) system ## Everything, faults and slow cases included: under an hour.
	@$(BIN)/python -m pytest -q tests

bench: $(STAMP) ## The benchmark table: ratios measured in one run.
	@$(BIN)/python -m benchmarks

clean: ## Remove what was built, simulated and cached.
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist build
	rm -rf $(DEMO)/feeds $(DEMO)/truth $(DEMO)/runs $(DEMO)/.lichen
