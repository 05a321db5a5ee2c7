# The door. Needs Python >= 3.11, make and a package index; all else is put beside this file, in .venv/ and .uv/.
#   make PYTHON=python3.13 test     another Python
#   make test ARGS="-k calendar"    arguments for the program behind the target

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
WORKERS ?= 2
ARGS ?=

export UV_PROJECT_ENVIRONMENT := $(CURDIR)/.venv
BIN := .venv/bin
UV := $(or $(shell command -v uv),.uv/bin/uv)
PROJECTS := pyproject.toml $(wildcard plugins/*/pyproject.toml)
# The interpreter itself, even when `python3` is a shim or that of an activated environment.
BASE := $(shell $(PYTHON) -c 'import sys; print(getattr(sys, "_base_executable", sys.executable))' 2>/dev/null)
SERIES := $(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)
# Lies in the environment and names its Python, so that it goes when either does.
READY := .venv/ready-$(SERIES)

.PHONY: help setup demo test check docs bench proof coverage pin clean python-fits

help:  ## say what can be made
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

setup: $(READY)  ## put everything needed into .venv

demo: setup  ## a month in the life of a desk
	@$(BIN)/itsmkit demo $(ARGS)

test: setup  ## run all tests
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

check: setup  ## lint, types, who imports whom, docs in step with the code, pins complete
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python tools/reference.py --check
	$(BIN)/python tools/surface.py --check
	$(BIN)/python tools/messages.py --check
	$(BIN)/python tools/pin.py --check
	$(BIN)/towncrier build --draft --version next >/dev/null

docs: setup  ## build the documentation into docs/_build/html
	$(BIN)/sphinx-build -W --keep-going -q -b html docs docs/_build/html

bench: setup  ## measure, one figure after the other
	@set -e; for file in bench/bench_*.py; do echo "== $$file"; $(BIN)/python -m "bench.$$(basename $$file .py)" $(ARGS); done

proof: setup  ## kill, cut and race for hours, and write bench/proof/PROOF.md
	$(BIN)/python -m bench.proof --long $(ARGS)

coverage: setup  ## run all tests once more and tell what they leave out
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest $(ARGS)
	$(BIN)/coverage combine -q
	$(BIN)/coverage report

pin: setup  ## renew the pinned versions in pyproject.toml
	$(BIN)/python tools/pin.py --uv $(UV)

clean:  ## remove caches and built things; environments stay
	rm -rf build dist docs/_build htmlcov .coverage .coverage.* plugins/*/dist
	rm -rf .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find src plugins tests tools bench examples docs -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

$(READY): $(PROJECTS) | python-fits $(UV)
	$(UV) sync --quiet --python $(BASE)
	@rm -f .venv/ready-* && touch $@

.uv/bin/uv: | python-fits
	@echo "uv is not on PATH; putting it into .uv/"
	@rm -rf .uv
	@$(BASE) -m venv .uv || { rm -rf .uv; echo "$(BASE) cannot make virtual environments; install its venv module" >&2; exit 1; }
	@.uv/bin/python -m pip install --quiet --disable-pip-version-check 'uv>=0.9,<1' || { rm -rf .uv; exit 1; }

python-fits:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "itsmkit needs Python 3.11 or newer; $(PYTHON) is $(or $(SERIES),not here). Try: make PYTHON=/path/to/python3.13" >&2; exit 1; }
