# Everything a newcomer needs: `make run` and `make test`. `make help` lists all.
PYTHON ?= python3
BIN := .venv/bin
TEXTS := lti_app/translations/nl/LC_MESSAGES/messages
PIP := $(BIN)/pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help setup run test test-full check bench fix screenshots translations clean

help: ## list all targets
	@grep -hE '^[a-z-]+:.*## ' Makefile | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

setup: .venv/run $(TEXTS).mo node_modules/.ready ## .venv with everything in it, front-end files, translations compiled; starts nothing
	@$(MAKE) --no-print-directory .venv/dev

run: .venv/run $(TEXTS).mo ## the tool, one worker with beat and the demo LMS, on SQLite; Ctrl-C stops all of it
	@$(BIN)/expeditie demo

test: .venv/dev $(TEXTS).mo node_modules/.ready ## all tests: real PostgreSQL, Valkey, Celery and Chromium included
	@$(BIN)/python -m tests.support.missing
	$(BIN)/pytest $(PYTEST_ARGS)

test-full: .venv/dev $(TEXTS).mo node_modules/.ready ## all tests, with every combination of page, language, width and theme
	$(BIN)/pytest --all

check: .venv/dev node_modules/.ready ## what CI runs: format, lint, types, imports, migrations, translations, tests with coverage
	.ci/check.sh

bench: .venv/dev .venv/peer $(TEXTS).mo ## the benchmarks, one table: make bench ROWS="launch proofs"
	@ROWS="$(ROWS)" $(BIN)/python -m tests.bench

fix: .venv/dev ## format and sort imports
	$(BIN)/ruff check --quiet --select I --fix .
	$(BIN)/ruff format --quiet --line-length 100 --exclude '*.md' .

screenshots: .venv/dev ## make the pictures of docs/ anew
	$(BIN)/python -m tests.support.screenshots docs/screenshots

translations: .venv/dev ## collect texts and update the Dutch catalogue
	.ci/translations.sh

clean: ## remove what was made, but not instance/
	rm -rf .venv node_modules build *.egg-info .pytest_cache .mypy_cache

# The virtual environment, in two steps: what running needs, and what developing needs.
.venv/run: setup.cfg .ci/constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; try: make $(MAKECMDGOALS) PYTHON=python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing what the tool needs..."
	@$(PIP) -c .ci/constraints.txt -e .
	@touch $@

$(TEXTS).mo: $(TEXTS).po .venv/run
	@$(BIN)/pybabel --quiet compile -d lti_app/translations
	@touch $@

.venv/dev: .venv/run
	@echo "Installing what development needs..."
	@$(PIP) -c .ci/constraints.txt -e '.[dev]'
	@touch $@

# The peer of the launch benchmark has the same import name as the library that we use.
.venv/peer: .ci/constraints.txt | .venv/dev
	@echo "Installing what the benchmark compares with..."
	@$(PIP) -c .ci/constraints.txt --no-deps --target $@ PyLTI1p3 Flask-Caching cachelib
	@touch $@

# Pages are served as they are written; npm brings only the test tools (axe-core, verifiers).
node_modules/.ready: package.json package-lock.json | .venv/dev
	@PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --silent --no-audit --no-fund
	@touch $@
