# Two doors: `make song SONG=path` shows what Hexachord does, `make test` shows that it works.
# Needs Python 3.11 or newer (with venv) and make; everything else comes with pip.

PYTHON ?= python3
BIN := .venv/bin
export OMP_NUM_THREADS ?= 1

.PHONY: help song test test-all lint types layers check docs bench clean

help:
	@echo "make song SONG=path/to/file   analyse a song: facts, score, stems, files"
	@echo "make test                     the fast tests      make test-all   the slow ones too"
	@echo "make check                    lint, types, layer rules, fast tests (what CI runs)"
	@echo "make docs                     build the documentation into site/"
	@echo "make bench NAME=beats DATA=.. measure a claim on real data"

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Hexachord needs Python 3.11 or newer; name one: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip

.venv/installed: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

.venv/installed-dev: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@ .venv/installed

song: .venv/installed
	@test -n "$(SONG)" || { echo "Which song? make song SONG=path/to/file"; exit 2; }
	$(BIN)/hexachord "$(SONG)"

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

clean:
	rm -rf .venv site .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
