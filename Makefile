# Two commands do all the set-up: `make site` and `make test`. Each makes .venv with everything it needs.

PYTHON ?= python3
BIN := .venv/bin

.PHONY: site test lint types check serve contact-sheet clean

site: .venv/ready
	$(BIN)/nbpublish build --strict

serve: .venv/ready
	$(BIN)/nbpublish serve

test: .venv/ready
	$(BIN)/python -m pytest

contact-sheet: .venv/ready
	$(BIN)/python tests/contact_sheet.py

lint: .venv/ready
	$(BIN)/ruff check .

types: .venv/ready
	$(BIN)/mypy

check: lint types test

# pip installs dependency groups from 25.1 on, so pip comes first.
.venv/ready: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable ".[marimo]" --group dev
	touch $@

clean:
	rm -rf .venv .nbpublish site
