"""Says what this machine lacks for the whole test run, before it starts."""

import shutil
from pathlib import Path

BROWSERS = ("chromium", "google-chrome", "chromium-browser")


def browser() -> str | None:
    """Return the path of an installed Chromium, or None."""
    found = next((shutil.which(name) for name in BROWSERS if shutil.which(name)), None)
    return found


def main() -> None:
    """Print one line for each thing that is missing."""
    if browser() is None:
        print("Missing: Chromium; the browser tests will fail. Debian: apt install chromium")
    if not Path("node_modules/.ready").exists():
        print("Missing: node_modules. Run `make setup`.")


if __name__ == "__main__":
    main()
