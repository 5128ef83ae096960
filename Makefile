# make demo   the main job, served on http://127.0.0.1:8000
# make test   everything; the only other command a fresh machine needs
# make check  what a person runs all day: lint, types, floors, fast tests
# make soak   long runs, many seeds        make bench  measurements (ONLY=name, SCALE=small|full)
# make lock   resolve the requirements anew
SHELL := /bin/sh
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q
ONLY ?=
SCALE ?= small
# One BLAS thread: the sizes we solve do not gain from two, and two fight with the server.
export OPENBLAS_NUM_THREADS := 1

# The rooms whose tests open an installation; the others touch no database, or run the command on SQLite.
ON_POSTGRESQL := $(addprefix tests/,access backup breach cases catalogue consent db doctor gate house identity jobs journal keys ledger promise/test_versions.py recommend staff stops web)

.PHONY: demo test check soak bench lock browser clean

demo: $(VENV)/.run
	$(BIN)/troth demo

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -q -n 2 -m "not browser and not slow and not shared"

test: $(VENV)/.dev browser
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -q -n 2
	@echo "And on PostgreSQL, a throw-away server from a wheel"
	@# The many kills of an erasure take minutes there: they are made on PostgreSQL by make soak.
	$(BIN)/pytest -q -n 2 --postgresql -m "not browser and not shared" --deselect tests/cases/test_killed.py $(ON_POSTGRESQL)

soak: $(VENV)/.dev
	TROTH_SOAK=1 $(BIN)/pytest -q -n 2 -m "not browser"
	$(BIN)/pytest -q -n 2 --postgresql tests/cases/test_killed.py

bench: $(VENV)/.bench
	$(BIN)/python bench/run.py --scale $(SCALE) $(if $(ONLY),--only $(ONLY))

# A real browser for the page tests: Debian's Chromium where it may be installed, otherwise told by name.
browser: $(VENV)/.dev
	$(BIN)/python tests/browser/install.py

$(VENV)/.run: requirements/build.txt requirements/run.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Troth needs Python 3.11 or newer: run 'make PYTHON=python3.12 $(MAKECMDGOALS)' with one you have."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing what Troth runs on (once)"
	@# Not compiled beforehand: Python compiles what it uses at its first use, which is a small part.
	@$(PIP) install --no-compile --require-hashes -r requirements/run.txt -r requirements/build.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements/dev.txt
	@echo "Installing what the checks and tests need (once)"
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@

$(VENV)/.bench: $(VENV)/.dev requirements/bench.txt
	@echo "Installing the peers to measure beside (once)"
	@$(PIP) install --require-hashes -r requirements/bench.txt
	@touch $@

lock: $(VENV)/.dev
	$(PIP) install uv
	for f in build run dev bench; do \
	  $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header -q \
	    requirements/$$f.in -o requirements/$$f.txt || exit 1; done

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .import_linter_cache .hypothesis
