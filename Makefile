# Everything there is to do here; `make help` lists it.
# PYTHON: the Python to build .venv with (3.11 or later).
PYTHON ?= python3
VENV   := .venv
RUN    := $(VENV)/bin/python -m
JOBS   ?= 2
PROSE  := services tests bench docs README.md CONTRIBUTING.md CHANGELOG.md Makefile pyproject.toml .ci

export UV_PROJECT_ENVIRONMENT := $(VENV)

.DEFAULT_GOAL := help

.PHONY: help
help: ## List what can be made
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(VENV)/installed: pyproject.toml uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Afterglow needs Python 3.11 or later; name one with: make $(MAKECMDGOALS) PYTHON=/path/to/python3.12" >&2; exit 1; }
	@test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV) || { \
	  echo "Could not make $(VENV): this Python lacks venv (on Debian: apt install python3-venv)." >&2; rm -rf $(VENV); exit 1; }
	@$(RUN) uv --version >/dev/null 2>&1 || $(RUN) pip install --quiet --disable-pip-version-check "uv==$$(sed -n '/^name = "uv"$$/{n;s/version = "\(.*\)"/\1/p}' uv.lock)"
	@$(RUN) uv sync --quiet --locked --all-extras
	@touch $(VENV)/installed

.PHONY: setup
setup: $(VENV)/installed ## Install into .venv exactly what the lock file names

.PHONY: run
run: setup ## Start everything and print where to look; Ctrl-C stops it, the data stays
	@exec $(RUN) services.launcher up

.PHONY: check
check: setup ## Format, lint, types, import rules, dependencies, spelling
	@$(RUN) ruff format --check .
	@$(RUN) ruff check .
	@$(RUN) mypy
	@$(VENV)/bin/lint-imports
	@$(VENV)/bin/deptry services bench
	@$(VENV)/bin/codespell -D - -D .codespell/dictionary.txt $(PROSE)

.PHONY: format
format: setup ## Put the code into shape
	@$(RUN) ruff format .
	@$(RUN) ruff check --fix .

.PHONY: test
test: setup ## Run the tests, on PostgreSQL and Valkey of their own
	@$(RUN) pytest -q -n $(JOBS) --dist loadfile -m "not long"

.PHONY: coverage
coverage: setup ## Measure the branches of domain and use cases that the unit tests reach
	@$(RUN) pytest -q -n $(JOBS) --dist loadfile -m "not long" tests/unit --cov --cov-report=term

.PHONY: test-long
test-long: setup ## Browser, fuzz and drills
	@$(RUN) pytest -q -m long

.PHONY: chaos
chaos: setup ## Kill, stop and flush everything under load, and count what was lost or doubled
	@$(RUN) tests.chaos $(if $(SEED),--seed $(SEED)) $(if $(MUTANTS),--mutants)

.PHONY: bench-delivery
bench-delivery: setup ## Measure delivery with a million messages pending; takes about ten minutes
	@$(RUN) bench.delivery

.PHONY: bench-catalog
bench-catalog: setup ## Measure checking, loading, searching and switching the catalog, and ten of them
	@$(RUN) bench.catalog

.PHONY: bench-replies
bench-replies: setup ## Measure reading replies; takes a few seconds
	@$(RUN) bench.replies

.PHONY: bench-domain
bench-domain: setup ## Measure planning and simulating; takes about a minute
	@$(RUN) bench.domain $(if $(PROFILE),--profile)

.PHONY: reference
reference: setup ## Write the GraphQL schema and the settings reference anew
	@$(RUN) services.gateway.schema
	@$(RUN) tests.support.settings_reference
