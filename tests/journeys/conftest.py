"""What journeys share: running installations and a browser."""

from collections.abc import Iterator

import pytest

from tests.support import browser
from tests.support import stack as stacks
from tests.support.browser import Chromium
from tests.support.stack import Stack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The demo as `make run` starts it: SQLite and the file-system broker."""
    with stacks.running(tmp_path_factory.mktemp("stack")) as started:
        yield started


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    """Chromium, driven by Playwright; for one module, because it holds an event loop."""
    with browser.chromium() as started:
        yield started
