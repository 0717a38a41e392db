#!/usr/bin/env bash
# Collects the texts and updates the Dutch catalogue; with --check says what is missing or old.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=.venv/bin
folder=lti_app/translations
pot=$(mktemp)
$bin/pybabel --quiet extract --mapping-file config/babel.cfg --keywords "_l lazy_gettext" \
  --no-location --omit-header --sort-output --no-wrap --output-file "$pot" lti_app modules assessments
if [ "${1:-}" = "--check" ]; then
  $bin/python .ci/translated.py "$pot" "$folder/nl/LC_MESSAGES/messages.po"
else
  mkdir -p "$folder/nl/LC_MESSAGES"
  $bin/python .ci/translated.py --update "$pot" "$folder/nl/LC_MESSAGES/messages.po"
  $bin/pybabel --quiet compile -d "$folder"
fi
rm -f "$pot"
