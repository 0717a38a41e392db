"""The rules of the house that a linter does not know."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("config", "lti_app", "modules", "assessments")
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "base", "manager"}
STARTERS = {"lti_app/core/jobs.py"}
"""Only the outbox's wake-up sends a task: the file-system broker loses one whose worker dies."""
READS_CLOCK = {"lti_app/core/clock.py"}
LONG_FUNCTION = 25


def _files() -> Iterator[Path]:
    for package in PACKAGES:
        yield from sorted((ROOT / package).rglob("*.py"))


FILES = [file.relative_to(ROOT).as_posix() for file in _files()]


@pytest.mark.parametrize("file", FILES)
def test_a_file_is_short_says_what_it_is_and_has_a_name_that_means_something(file: str) -> None:
    text = (ROOT / file).read_text()
    assert len(text.splitlines()) <= 400
    assert Path(file).stem not in FORBIDDEN_NAMES
    if Path(file).name != "__init__.py" or text.strip():
        assert ast.get_docstring(ast.parse(text)), "the first line says what the file is about"


@pytest.mark.parametrize("file", FILES)
def test_functions_are_short_and_public_ones_say_what_they_promise(file: str) -> None:
    for node in ast.walk(ast.parse((ROOT / file).read_text())):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        first = node.body[0]
        has_text = ast.get_docstring(node) is not None
        start = node.body[1].lineno if has_text and len(node.body) > 1 else first.lineno
        lines = (node.end_lineno or start) - start + 1
        assert lines <= LONG_FUNCTION, f"{file}:{node.lineno} {node.name} has {lines} lines"


@pytest.mark.parametrize("file", FILES)
def test_nothing_is_imported_inside_a_function(file: str) -> None:
    for node in ast.walk(ast.parse((ROOT / file).read_text())):
        if isinstance(node, ast.FunctionDef):
            inner = [n for n in ast.walk(node) if isinstance(n, ast.Import | ast.ImportFrom)]
            assert not inner, f"{file}:{node.lineno}"


def test_only_the_outbox_wakes_workers() -> None:
    for file in FILES:
        if file not in STARTERS:
            assert not re.search(r"\.(delay|apply_async|send_task)\(", (ROOT / file).read_text()), (
                file
            )


def test_only_the_clock_reads_the_clock() -> None:
    pattern = re.compile(r"datetime\.(now|utcnow|today)\(|date\.today\(")
    for file in FILES:
        if file not in READS_CLOCK and not file.startswith("lti_app/demo/"):
            assert not pattern.search((ROOT / file).read_text()), file


def test_services_do_not_commit() -> None:
    for file in FILES:
        if file.endswith(("service.py", "queries.py", "policy.py", "models.py")):
            assert "session.commit" not in (ROOT / file).read_text(), file


TEMPLATES = [
    path.relative_to(ROOT).as_posix()
    for package in PACKAGES
    for path in sorted((ROOT / package).rglob("*.html"))
]


@pytest.mark.parametrize("file", TEMPLATES)
def test_a_template_has_no_inline_code_and_no_foreign_address(file: str) -> None:
    text = (ROOT / file).read_text()
    assert not re.search(r"<script(?![^>]*\bsrc=)", text), "inline script"
    assert not re.search(r"\son\w+=|\sstyle=|<style", text), "inline handler or style"
    assert not re.search(r"(src|href)=\"https?://", text), "address outside"


def _slugs() -> set[str]:
    kinds = [
        *(ROOT / "modules/blocks/types").glob("*.py"),
        *(ROOT / "assessments/items/types").glob("*.py"),
    ]
    return {m[1] for kind in kinds for m in re.finditer(r'slug = "(\w+)"', kind.read_text())}


def test_nothing_outside_its_own_file_asks_for_a_kind_by_name() -> None:
    pattern = re.compile(
        rf"(type|slug)[\"')\]]* *(==|!=|in) *[(\[]?[\"']({'|'.join(sorted(_slugs()))})[\"']"
    )
    for file in [*FILES, *TEMPLATES]:
        if "/types/" not in file and "/demo/" not in file:
            found = pattern.search((ROOT / file).read_text())
            assert not found, f"{file}: {found and found[0]}"
