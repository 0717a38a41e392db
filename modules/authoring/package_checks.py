"""What must hold between the parts of a module: identities, references, pictures, order."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import gettext as _

from lti_app.core.errors import Invalid
from lti_app.core.localized import LANGUAGES
from lti_app.core.registry import Registry
from lti_app.core.schema import load
from modules.authoring import media
from modules.authoring.archive import DOCUMENT
from modules.authoring.package_schema import MOST_BLOCKS
from modules.authoring.problems import Problems
from modules.blocks import markdown
from modules.blocks import registry as blocks
from modules.blocks.registry import BlockType

Kinds = Registry[BlockType]
Placed = list[tuple[str, dict[str, Any], dict[str, Any]]]
"""(place, section, block) in the order of the module."""


def check(document: Mapping[str, Any], files: Mapping[str, bytes], kinds: Kinds) -> None:
    """Refuse with every problem at once; a type that is not known here is not judged."""
    problems = Problems()
    placed = _placed(document)
    _check_identities(document, placed, problems)
    _check_bodies(placed, kinds, problems)
    problems.raise_if_any()
    _check_references(placed, kinds, problems)
    _check_outcomes(document, placed, kinds, problems)
    _check_safety_first(placed, kinds, problems)
    _check_texts(document, placed, problems)
    _check_media(document, files, problems)
    problems.raise_if_any()


def _placed(document: Mapping[str, Any]) -> Placed:
    return [
        (f"sections.{number}.blocks.{place}", section, block)
        for number, section in enumerate(document["sections"])
        for place, block in enumerate(section["blocks"])
    ]


def _check_identities(document: Mapping[str, Any], placed: Placed, problems: Problems) -> None:
    uuids = [block["id"] for _place, _section, block in placed]
    uuids += [section["id"] for section in document["sections"]]
    for what, ids in (
        ("sections", uuids),
        ("outcomes", [outcome["code"] for outcome in document["outcomes"]]),
        ("media", [asset["id"] for asset in document["media"]]),
    ):
        for name, times in Counter(ids).items():
            if times > 1:
                problems.add(what, _("The id %(id)s is used twice.", id=name))
    if len(placed) > MOST_BLOCKS:
        problems.add("sections", _("A module has at most %(n)s blocks.", n=MOST_BLOCKS))


def _check_bodies(placed: Placed, kinds: Kinds, problems: Problems) -> None:
    for place, _section, block in placed:
        if block["type"] not in kinds:
            continue
        try:
            load(kinds.get(block["type"]).schema, block["body"])
        except Invalid as error:
            for path, sentences in error.fields.items():
                for sentence in sentences:
                    problems.add(f"{place}.body.{path}", sentence)


def _check_references(placed: Placed, kinds: Kinds, problems: Problems) -> None:
    every = {block["id"] for _place, _section, block in placed}
    earlier: set[str] = set()
    for place, _section, block in placed:
        if block["type"] in kinds:
            for found in blocks.references(kinds.get(block["type"]), block["body"]):
                path = f"{place}.body.{found.path}"
                if found.block not in every:
                    problems.add(path, _("There is no block with this id."))
                elif found.must_precede and found.block not in earlier:
                    problems.add(path, _("This block must come earlier in the module."))
        earlier.add(block["id"])


def _check_outcomes(
    document: Mapping[str, Any], placed: Placed, kinds: Kinds, problems: Problems
) -> None:
    types = {block["id"]: block["type"] for _place, _section, block in placed}
    for number, outcome in enumerate(document["outcomes"]):
        place = f"outcomes.{number}.assessed_by"
        found = [types.get(name) for name in outcome["assessed_by"]]
        if None in found:
            problems.add(place, _("There is no block with this id."))
        # A type that is not known here may be an assessment: it gets the benefit of the doubt.
        elif not any(kind not in kinds or kinds.get(str(kind)).graded for kind in found):
            problems.add(place, _("An outcome needs at least one block that is assessed."))


def _check_safety_first(placed: Placed, kinds: Kinds, problems: Problems) -> None:
    is_told = False
    for place, section, block in placed:
        if block["type"] not in kinds:
            continue
        kind = kinds.get(block["type"])
        is_told = is_told or blocks.is_safety(kind)
        if section["mode"] == "bench" and blocks.is_bench_work(kind) and not is_told:
            problems.add(place, _("Tell the hazards before the first step at the bench."))
            return


def _check_texts(document: Mapping[str, Any], placed: Placed, problems: Problems) -> None:
    known = {asset["id"] for asset in document["media"]}
    everything = [(f"{place}.body", block["body"]) for place, _section, block in placed]
    everything += [
        (f"outcomes.{number}.text", outcome["text"])
        for number, outcome in enumerate(document["outcomes"])
    ]
    everything.append(("summary", document["summary"]))
    for place, value in everything:
        for path, text in _texts(value, place):
            for sentence in markdown.problems(text, known):
                problems.add(path, sentence)


def _texts(value: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        is_text = set(value) == set(LANGUAGES)
        for key, inner in value.items():
            if is_text and isinstance(inner, str):
                yield f"{place}.{key}", inner
            else:
                yield from _texts(inner, f"{place}.{key}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _texts(inner, f"{place}.{number}")


def _check_media(
    document: Mapping[str, Any], files: Mapping[str, bytes], problems: Problems
) -> None:
    listed = {asset["file"] for asset in document["media"]}
    for name in set(files) - listed - {DOCUMENT}:
        problems.add(name, _("This file is in the zip, but not in the list of media."))
    for number, asset in enumerate(document["media"]):
        sentence = _media_problem(asset, files.get(asset["file"]))
        if sentence:
            problems.add(f"media.{number}.file", sentence)


def _media_problem(asset: Mapping[str, Any], content: bytes | None) -> str | None:
    if content is None:
        return str(_("This file is not in the zip."))
    name, _dot, extension = asset["file"].removeprefix("media/").partition(".")
    if hashlib.sha256(content).hexdigest() != name:
        return str(_("The name of this file is not the SHA-256 of what is in it."))
    if extension != media.EXTENSIONS[asset["mime"]]:
        return str(
            _(
                "This file name ends in %(said)s, but it should end in %(right)s.",
                said=extension,
                right=media.EXTENSIONS[asset["mime"]],
            )
        )
    return media.problem(content, asset["mime"])
