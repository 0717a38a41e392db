"""A real Chromium, with the cookie rules that we choose, and a record of what it met."""

import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

from tests.support import missing

HOME = ("localhost", "127.0.0.1")
PATIENCE = 20_000  # milliseconds; machines that build are busy
# Playwright switches partitioned storage off; people's browsers have it on.
FEATURES_OFF = (
    *("HttpsUpgrades", "HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter"),
    *("PaintHolding", "OptimizationHints", "NetworkTimeServiceQuerying", "Translate"),
)
ARGUMENTS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync "
    "--disable-default-apps"
).split() + [f"--disable-features={','.join(FEATURES_OFF)}"]
# What a person chooses as "block third-party cookies"; partitioned cookies stay possible.
THIRD_PARTY_BLOCKED = {"cookie_controls_mode": 1, "block_third_party_cookies": True}
THIRD_PARTY_ALLOWED = {"cookie_controls_mode": 0, "block_third_party_cookies": False}
_BLOCK = 2


@dataclass
class Met:
    """What the pages of a browser met: errors in the console, requests that left the machine."""

    errors: list[str] = field(default_factory=list)
    strayed: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        """Note what happens on this page from now on."""
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.errors.append(f"{page.url}: {error}"))
        page.on("request", lambda request: self._request(request.url))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.errors.append(f"{message.location.get('url')}: {message.text}")

    def _request(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob", "about") and parts.hostname not in HOME:
            self.strayed.append(url)


@dataclass
class Chromium:
    """Opens browsers: each a person's own profile, with nothing in it yet."""

    playwright: Playwright
    executable: str | None

    @contextmanager
    def profile(
        self,
        *,
        third_party_cookies: bool = False,
        no_cookies_of: Sequence[tuple[str, str]] = (),
        **options: Any,
    ) -> Iterator[BrowserContext]:
        """Open a browser. `no_cookies_of` lists (site, framed by): no cookies or storage there."""
        rules = {f"{site},{framed}": {"setting": _BLOCK} for site, framed in no_cookies_of}
        chosen = dict(THIRD_PARTY_ALLOWED if third_party_cookies else THIRD_PARTY_BLOCKED)
        preferences = {"profile": chosen | {"content_settings": {"exceptions": {"cookies": rules}}}}
        options = {"viewport": {"width": 1280, "height": 900}, "locale": "nl-NL"} | options
        with tempfile.TemporaryDirectory(prefix="browser", ignore_cleanup_errors=True) as folder:
            (Path(folder) / "Default").mkdir()
            (Path(folder) / "Default" / "Preferences").write_text(json.dumps(preferences))
            context = self.playwright.chromium.launch_persistent_context(
                folder, executable_path=self.executable, args=ARGUMENTS, headless=True, **options
            )
            context.set_default_timeout(PATIENCE)
            try:
                yield context
            finally:
                context.close()


def executable() -> str | None:
    """Return the system's Chromium, None for Playwright's own; fail when there is neither."""
    found = os.environ.get("TEST_BROWSER") or missing.browser()
    return found


@contextmanager
def chromium() -> Iterator[Chromium]:
    """Start Playwright; it holds an event loop, so end it before tests that need their own."""
    expect.set_options(timeout=PATIENCE)
    playwright = sync_playwright().start()
    try:
        yield Chromium(playwright, executable())
    finally:
        playwright.stop()
