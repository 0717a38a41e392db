"""The whole installation as real processes: `expeditie demo` on its own ports and folder."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from flask import Flask

from config.settings import Settings
from lti_app.app import create_app
from tests.support.lms import free_port

READY = "Ctrl-C stops all of it."
PATIENCE = 90.0


@dataclass
class Stack:
    """The tool, one worker with beat and the demo LMS, each another process, connected."""

    environ: dict[str, str]
    tool: str
    lms: str
    log: Path
    process: "subprocess.Popen[bytes]"

    def app(self) -> Flask:
        """Return an application on the same database and keys, to prepare and look things up."""
        return create_app(Settings.from_env(self.environ))

    def expeditie(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run a command of the tool in this installation."""
        return subprocess.run(
            _command(*arguments),
            env=self.environ,
            cwd=self.environ["EXPEDITIE_INSTANCE_PATH"],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def lms_api(self, method: str, path: str, body: Any = None) -> Any:
        """Call the local API of the demo LMS."""
        answer = requests.request(method, f"{self.lms}/api/{path}", json=body, timeout=20)
        assert answer.ok, f"{path}: {answer.status_code} {answer.text[:500]}"
        return answer.json() if answer.content else None

    def said(self) -> str:
        """Return the last lines that the processes wrote."""
        return self.log.read_text(errors="replace")[-6000:]


@contextmanager
def running(folder: Path, more: Mapping[str, str] | None = None) -> Iterator[Stack]:
    """Run `expeditie demo` until the block ends; `more` adds settings, such as a database."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "processes.log"
    environ = _environ(folder) | dict(more or {})
    with log.open("wb") as output:
        process = subprocess.Popen(
            _command("demo"), env=environ, cwd=folder, stdout=output, stderr=subprocess.STDOUT
        )
    tool = f"http://localhost:{environ['EXPEDITIE_PORT']}"
    lms = f"http://127.0.0.1:{environ['EXPEDITIE_DEMO_PORT']}"
    stack = Stack(environ, tool, lms, log, process)
    try:
        _wait_until_ready(stack)
        yield stack
    finally:
        _end(stack)


def _environ(folder: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("EXPEDITIE_", "COV", "DEMO_"))}
    return kept | {
        "EXPEDITIE_ENV": "development",
        "EXPEDITIE_PORT": str(free_port()),
        "EXPEDITIE_DEMO_PORT": str(free_port()),
        "EXPEDITIE_INSTANCE_PATH": str(folder),
        "PYTHONUNBUFFERED": "1",
    }


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-c", "from lti_app.cli import main; main()", *arguments]


def _wait_until_ready(stack: Stack) -> None:
    deadline = time.monotonic() + PATIENCE
    while READY not in stack.said():
        if stack.process.poll() is not None or time.monotonic() > deadline:
            raise AssertionError(f"the installation did not start; it said:\n{stack.said()}")
        time.sleep(0.2)


def _end(stack: Stack) -> None:
    stack.process.terminate()
    with suppress(subprocess.TimeoutExpired):
        stack.process.wait(20)
        return
    stack.process.kill()
    stack.process.wait()
