#!/usr/bin/env bash
# What `make check` does: every judge in turn; the first refusal stops it.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=.venv/bin

step() { printf '\n== %s\n' "$1"; }

step "format"
$bin/ruff format --check --quiet --line-length 100 --exclude "*.md" .
$bin/ruff check --quiet --select I .

step "lint"
$bin/flake8

step "types"
$bin/mypy

step "imports"
$bin/lint-imports --no-logo 2>/dev/null || $bin/lint-imports

step "translations"
.ci/translations.sh --check

step "tests (browser, PostgreSQL and Valkey included), with coverage"
$bin/coverage erase
report=$(mktemp)
# The very command of the README, with coverage added.
make --no-print-directory test \
  PYTEST_ARGS="--cov --cov-config=setup.cfg --cov-report=term:skip-covered" | tee "$report"
if grep -qE '[0-9]+ skipped' "$report"; then
  echo "A test was skipped: a browser, PostgreSQL and Valkey must all be there."
  exit 1
fi
rm -f "$report"
