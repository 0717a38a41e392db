"""`python -m tests.bench [row ...]`: measure, and print one table. Also: ROWS="launch scores"."""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench import rows_launch, rows_work, site, table

ROWS: dict[str, Callable[[site.Site], list[table.Row]]] = {
    "launch": rows_launch.launch,
    "growth": rows_launch.growth,
    "autosave": rows_work.autosave,
    "scores": rows_work.scores,
    "proofs": rows_work.proofs,
    "memory": rows_launch.memory,
}


def main(asked: list[str]) -> int:
    """Measure these rows, or all; 2 for a row that is not there."""
    unknown = set(asked) - set(ROWS)
    if unknown:
        print(f"No such row: {', '.join(sorted(unknown))}. There are: {', '.join(ROWS)}.")
        return 2
    found: list[table.Row] = []
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        with site.running(Path(folder)) as place:
            for name in asked or list(ROWS):
                print(f"measuring {name} ...", file=sys.stderr, flush=True)
                found += ROWS[name](place)
    print(table.render(found))
    print(f"\nIn {time.monotonic() - started:.0f} s. Method: docs/performance.md", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or os.environ.get("ROWS", "").split()))
