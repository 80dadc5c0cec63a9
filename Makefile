# Everything that a person or a machine does with this repository. `make` alone lists it.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SECONDS ?= 600
COMPILE := CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe \
	--strip-extras --no-emit-options --no-emit-index-url --no-emit-find-links --no-emit-trusted-host

PICTURES := outcome-wide-en outcome-full-zh venue-start-wide-en venue-start-full-zh office-transfer-wide-en \
	office-transfer-full-zh

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint bench soak docs messages lock screenshots clean

help: ## List what there is to do
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# The stamp is younger than the lock as long as what is installed is what the lock says.
$(VENV)/stamp: requirements-dev.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -qq --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install -qq --no-deps --no-build-isolation --no-index --editable .
	@touch $@

# pyscard is built from source: only where that can be done, and without it readers named pcsc: stay out.
CAN_BUILD_PCSC := $(shell command -v swig && command -v cc && pkg-config --exists libpcsclite \
	&& test -e "$$($(PYTHON) -c 'import sysconfig; print(sysconfig.get_path("include"))')/Python.h" && echo yes)

$(VENV)/stamp-pcsc: requirements-pcsc.lock $(VENV)/stamp
	$(BIN)/python -m pip install -qq --require-hashes --no-build-isolation -r requirements-pcsc.lock
	@touch $@

setup: $(VENV)/stamp $(if $(CAN_BUILD_PCSC),$(VENV)/stamp-pcsc) ## Make .venv with exactly what the lock names

demo: setup ## Show an office and a venue going through the whole round trip
	@if [ -t 0 ] && [ -t 1 ]; then $(BIN)/icme demo; else $(BIN)/icme demo --headless; fi

lint: setup ## Check form, types and the floors
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

test: lint ## Lint, then run the tests
	$(BIN)/pytest -n 2 --dist worksteal

bench: setup ## Measure against the budgets; prints one JSON object
	@$(BIN)/python -m benchmarks.run

soak: setup ## Run the properties for SECONDS=… (600) with fresh examples
	@$(BIN)/python -m benchmarks.soak --seconds $(SECONDS)

docs: setup ## Write docs/commands.md, docs/keys.md and exports/schema from the program
	$(BIN)/python -m icme_tui.commands.manual docs/commands.md
	$(BIN)/python -m icme_tui.screens.keycard docs/keys.md
	$(BIN)/python -m icme_tui.commands.schemafiles exports/schema

messages: setup ## Collect the messages, bring the Chinese catalogue up to date, compile it
	$(BIN)/python -m icme_tui.commands.catalogue

# Needs a package index. The files name versions and hashes and no address, so that any mirror serves.
lock: setup ## Choose newest versions within pyproject.toml and write the locks
	$(COMPILE) --upgrade --output-file requirements.lock pyproject.toml
	$(COMPILE) --upgrade --extra dev --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml
	$(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["pcsc"])' \
		| $(COMPILE) --upgrade --output-file requirements-pcsc.lock -

# Look at the pictures before you commit them: the tests compare with them from then on.
screenshots: setup ## Draw the screens anew, for the tests and for the README
	ICME_NEW_SNAPSHOTS=1 $(BIN)/pytest -q tests/screens/test_snapshots.py
	@mkdir -p docs/images
	for name in $(PICTURES); do cp tests/screens/snapshots/$$name.svg docs/images/; done

clean: ## Remove what was built, .venv too
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
