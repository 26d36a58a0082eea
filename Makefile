# Needs python3 (3.11 or later) with venv, and make. `make help` lists what there is.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
PIP := $(BIN)/python -m pip --disable-pip-version-check -q
COMPILE := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header
ARGS ?=
ifdef PORT
export PORT
endif

.DEFAULT_GOAL := help
.PHONY: help demo journey test check fmt bench lock browser

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(STAMP) ## start everything, run the main job on real input, serve it on 127.0.0.1:8000 (PORT=…)
	@exec $(BIN)/python -m demo up

journey: $(STAMP) ## the main job on a throw-away folder, checked, without serving
	@exec $(BIN)/python -m demo journey

test: $(STAMP) browser ## the whole suite on real servers and a real browser (ARGS='-k word')
	@$(BIN)/python -m pytest --numprocesses 2 --dist loadfile $(ARGS)

check: $(STAMP) ## style, types, floors, and migrations that match the models
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python -m migrations.check

fmt: $(STAMP) ## format, and mend what can be mended by itself
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

bench: $(STAMP) ## measure against the goals, each beside its reference (ARGS=…)
	@exec $(BIN)/python -m bench $(ARGS)

lock: $(STAMP) ## compile requirements/*.in into locked versions with hashes
	@test -x $(BIN)/uv || $(PIP) install uv
	@$(COMPILE) requirements/base.in -o requirements/base.lock
	@$(COMPILE) requirements/dev.in -o requirements/dev.lock

browser: ## find or install the Chromium of the browser tests
	@scripts/browser >/dev/null

$(STAMP): requirements/dev.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "python3 3.11 or later is needed (found: $$($(PYTHON) --version 2>&1)). Name another: make PYTHON=python3.12 …"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
		echo "Python's venv module is missing. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	@test -x $(BIN)/python || { echo "Installing the locked packages into .venv (once) …"; $(PYTHON) -m venv .venv; }
	@$(PIP) install --require-hashes -r requirements/dev.lock
	@touch $@
