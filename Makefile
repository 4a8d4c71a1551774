# make run     everything from a clone to the page in the browser
# make test    everything that can be tested on this machine
# make help    the rest
.DEFAULT_GOAL := help
.PHONY: help run install install-dev test check format bench lock docs clean

PYTHON_IN_VENV := .venv/bin/python
RUN_MODULE := $(PYTHON_IN_VENV) -m
# Two workers, a file at a time: what a file's tests share is made once. In the order of the folders, so that the long
# files of the browser begin and the short ones of the units even the workers out at the end.
PYTEST_ARGS ?= -n 2 --dist loadfile --no-loadscope-reorder --durations=15 $(TESTED)
# The tests, and the examples in the docstrings of what they test.
TESTED := tests core data callbacks layouts dashboard/cli --doctest-modules --ignore=core/runs/migrations

help: ## say what there is
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1@\2/p' Makefile | awk -F@ '{ printf "%-20s %s\n", $$1, $$2 }'

run: install ## install what is missing, fetch the public table once, serve the page and print its address
	@scripts/fetch.sh
	@exec $(RUN_MODULE) dashboard serve

install: ## make .venv and install requirements.txt into it, when it changed
	@scripts/install.sh requirements.txt

install-dev: ## the same with the tools for tests and checks
	@scripts/install.sh requirements-dev.txt

test: install-dev ## run all tests; says loudly what it has to leave out
	@scripts/chromium.sh || true
	@$(RUN_MODULE) pytest $(PYTEST_ARGS)

check: install-dev ## lint, formatting, types, import rules
	@$(RUN_MODULE) ruff check .
	@$(RUN_MODULE) ruff format --check .
	@$(RUN_MODULE) mypy
	@.venv/bin/lint-imports

format: install-dev ## let ruff put the code in order
	@$(RUN_MODULE) ruff check --fix .
	@$(RUN_MODULE) ruff format .

bench: install-dev ## measure what is claimed about speed
	@scripts/bench.sh

lock: install-dev ## compile requirements*.txt again from pyproject.toml, with the newest versions that fit
	@scripts/lock.sh --upgrade

docs: install ## write docs/settings.md again from the settings
	@$(RUN_MODULE) dashboard.cli.settings_page > docs/settings.md

clean: ## remove what tools left behind; keeps .venv and the state in var/
	@rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis test-results .coverage
	@find . -name __pycache__ -type d -not -path './.venv/*' -prune -exec rm -rf {} +
