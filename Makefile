# Each target sets up what it needs. PYTHON names the Python (3.11 or newer) the environment is made with.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help setup test demo bench corpus docs clean

help:  ## say what there is to make
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 15

setup: $(READY)  ## an environment in .venv with porter and all its tests need

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "make: $(PYTHON) is no Python 3.11 or newer: call make PYTHON=/path/to/python3" >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@

test: $(READY)  ## all tests (ARGS="-k name" for some)
	$(BIN)/python -m pytest $(ARGS)

demo: $(READY)  ## take a real extension from PyPI, scan, port and prove it, and write the page
	PATH="$(CURDIR)/$(BIN):$$PATH" sh docs/demo.sh

bench: $(READY)  ## how long a scan takes beside gcc -fsyntax-only (ARGS="[-o PAGE] TREE..." for other trees)
	$(BIN)/python -m tests.bench $(ARGS)

corpus: $(READY)  ## measure porter on packages from PyPI and write docs/accuracy.md and docs/corpus.md (ARGS="--help")
	$(BIN)/python -m tests.corpus $(ARGS)

docs: $(READY)  ## write the pages in docs/rules from the rule files
	$(BIN)/python docs/build.py

clean:  ## remove everything that make and the tests leave behind, but for the builds in .corpus
	rm -rf $(VENV) build dist demo .porter .hypothesis .pytest_cache .ruff_cache *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
