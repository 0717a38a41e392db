"""Says what this machine lacks for the whole test run, before it starts."""

import shutil
from collections.abc import Iterable
from pathlib import Path

BROWSERS = ("chromium", "google-chrome", "chromium-browser")
FIREFOXES = ("firefox", "firefox-esr")


def browser() -> str | None:
    """Return the path of an installed Chromium, or None."""
    return _first(BROWSERS)


def firefox() -> str | None:
    """Return the path of an installed Firefox, or None; only `make test-full` asks."""
    return _first(FIREFOXES)


def _first(names: Iterable[str]) -> str | None:
    return next((found for found in map(shutil.which, names) if found), None)


def main() -> None:
    """Print one line for each thing that is missing."""
    if browser() is None:
        print("Missing: Chromium; the browser tests will fail. Debian: apt install chromium")
    if not Path("node_modules/.ready").exists():
        print("Missing: node_modules. Run `make setup`.")


if __name__ == "__main__":
    main()
