# Two commands are all: `make run` shows it, `make test` proves it.
PYTHON ?= python3
PORT   ?= 8501
WORKERS ?= 2
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.locked
# the tests' BigQuery emulator wants an older protobuf and DuckDB than ours
EMULATOR := .venv-bqemulator

export INFERLEDGER_CI

.PHONY: help run setup test lint bench browser-tools emulator shots lock clean
.DEFAULT_GOAL := help

help:
	@echo "make run    build the demo estate (first time) and serve the dashboard on http://127.0.0.1:$(PORT)"
	@echo "make test   lint, types, import contracts, unit, integration and browser tests"
	@echo "make setup  build the environment alone        make bench  ratios to a floor, in one table"

setup: $(STAMP)

# Debian keeps venv in a package of its own; install it where we may, else say what to install. The lock is complete, so
# pip resolves nothing (--no-deps): for google-auth[pyopenssl] an old pip would take the newest release and stop.
$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "inferledger needs Python 3.11 or newer; set PYTHON=…"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || sh .ci/debian python3-venv
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the locked environment into $(VENV) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# A browser opens by itself only where there is a display.
HEADLESS := $(if $(DISPLAY)$(WAYLAND_DISPLAY),false,true)

run: setup
	@$(BIN)/python -m ingest status --any || $(BIN)/python -m ingest demo
	@echo "inferledger: http://127.0.0.1:$(PORT)"
	@$(BIN)/streamlit run dashboard/app.py --server.port $(PORT) --server.headless $(HEADLESS)

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# pytest's closing line comes last
test: setup browser-tools emulator lint
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup $(PYTEST)

browser-tools:
	@sh .ci/debian chromium prometheus

emulator: $(EMULATOR)/.locked

$(EMULATOR)/.locked: tests/support/bqemulator.lock | $(STAMP)
	@sh .ci/bqemulator $(PYTHON) $(EMULATOR) $< && touch $@ || echo "No BigQuery emulator: the tests that need it skip and say so."

bench: setup browser-tools
	$(BIN)/python tests/bench

shots: setup browser-tools
	$(BIN)/python tests/browser/shots.py

# after a change of pyproject.toml; needs uv
lock:
	uv pip compile --universal --python-version 3.11 --group dev pyproject.toml --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links -q -o requirements.lock
	uv pip compile --universal --python-version 3.11 tests/support/bqemulator.in --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links -q -o tests/support/bqemulator.lock

clean:
	rm -rf $(VENV) $(EMULATOR) data/store
