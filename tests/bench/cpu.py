"""What a tree of processes costs: CPU time of all of them, and memory of each."""

from collections.abc import Iterator
from contextlib import suppress

import psutil


def tree(pid: int) -> Iterator[psutil.Process]:
    """Yield a process and everything that it started."""
    root = psutil.Process(pid)
    yield root
    yield from root.children(recursive=True)


def seconds(pid: int) -> float:
    """Return user + system CPU seconds of a tree; of children that ended, what the kernel kept."""
    total = 0.0
    for process in tree(pid):
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            total += times.user + times.system
    return total


def workers_rss(pid: int) -> list[int]:
    """Return the resident bytes of each child of this master."""
    return [child.memory_info().rss for child in psutil.Process(pid).children()]
