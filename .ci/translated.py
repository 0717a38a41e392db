"""Whether every text has Dutch; with --update, takes new texts in and drops old ones."""

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po


def load(path: Path) -> Catalog:
    """Return the catalogue in this file; an empty one when there is none."""
    if not path.exists():
        return Catalog(locale="nl")
    with path.open("rb") as file:
        return read_po(file, locale="nl")


def has_dutch(string: str | tuple[str, ...] | list[str]) -> bool:
    """Whether all plural forms are there."""
    forms = [string] if isinstance(string, str) else string
    return all(forms)


def main(arguments: list[str]) -> int:
    """Check or update; exit status 1 when a text has no Dutch."""
    update = arguments[0] == "--update"
    template, path = (Path(name) for name in arguments[-2:])
    known, wanted = load(path), load(template)
    missing, result = [], Catalog(locale="nl", fuzzy=False, header_comment="# Dutch")
    for message in wanted:
        if not message.id:
            continue
        old = known.get(message.id, message.context)
        string = old.string if old is not None else ""
        result.add(message.id, string, flags=message.flags, context=message.context)
        if not has_dutch(string):
            missing.append(message.id)
    if update:
        with path.open("wb") as file:
            write_po(file, result, width=0, omit_header=False, sort_output=True)
    for text in missing:
        print(f"no Dutch: {text!r}")
    return 1 if missing and not update else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
