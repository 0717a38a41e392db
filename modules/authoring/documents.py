"""Between the document of a package and the tables, both ways, without losing anything."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from modules.authoring import media, package, queries
from modules.authoring.models import Block, MediaAsset, ModuleVersion, Outcome, Section
from modules.authoring.package_schema import SCHEMA_VERSION, plain

Document = Mapping[str, Any]


def digest_of(version: ModuleVersion) -> str:
    """SHA-256 of the canonical document of a version."""
    return package.digest(document_of(version))


def sha256_in(file_name: str) -> str:
    """The hash in media/<sha256>.<type>."""
    return file_name.removeprefix("media/").partition(".")[0]


def fill(version: ModuleVersion, document: Document) -> None:
    """Put the whole document into a new version."""
    version.version = document["version"]
    version.rank = rank(document["version"])
    for name in ("title", "summary", "languages", "licence", "attribution", "level"):
        setattr(version, name, document[name])
    version.validity_months = document["validity_months"]
    version.extensions = document["extensions"]
    mark = document["pass_mark"]
    version.pass_mark = None if mark is None else Decimal(mark)
    version.minutes = sum(section["minutes"] for section in document["sections"])
    version.search_text = queries.fold(" ".join(_searchable(document)))
    _fill_sections(version, document["sections"])
    version.outcomes = [
        Outcome(position=place, **outcome) for place, outcome in enumerate(document["outcomes"])
    ]
    version.media = [_asset(place, asset) for place, asset in enumerate(document["media"])]


def rank(version: str) -> int:
    """A semantic version as a number that grows with it."""
    major, minor, patch = (int(part) for part in version.split("."))
    return (major * 10_000 + minor) * 10_000 + patch


def document_of(version: ModuleVersion) -> dict[str, Any]:
    """The document from which this version was made."""
    return {
        "schema_version": SCHEMA_VERSION,
        "slug": version.module.slug,
        "version": version.version,
        "title": version.title,
        "summary": version.summary,
        "languages": version.languages,
        "licence": version.licence,
        "attribution": version.attribution,
        "pass_mark": None if version.pass_mark is None else plain(version.pass_mark),
        "level": version.level,
        "validity_months": version.validity_months,
        "outcomes": [
            {"code": outcome.code, "text": outcome.text, "assessed_by": outcome.assessed_by}
            for outcome in version.outcomes
        ],
        "sections": [_section_document(section, version.blocks) for section in version.sections],
        "media": [_asset_document(asset) for asset in version.media],
        "extensions": version.extensions,
    }


def media_of(version: ModuleVersion) -> Iterator[dict[str, Any]]:
    """The picture files of a version: {"file": name in the package, "content": bytes}."""
    for asset in version.media:
        yield {"file": _file_name(asset), "content": asset.file.content}


def _fill_sections(version: ModuleVersion, sections: list[Document]) -> None:
    place = 0
    for number, section in enumerate(sections):
        row = Section(
            version=version,
            position=number,
            uuid=section["id"],
            title=section["title"],
            mode=section["mode"],
            minutes=section["minutes"],
        )
        for block in section["blocks"]:
            _add_block(version, row, place, block)
            place += 1


def _add_block(version: ModuleVersion, section: Section, place: int, block: Document) -> None:
    Block(
        version=version,
        section=section,
        position=place,
        uuid=block["id"],
        type=block["type"],
        title=block.get("title"),
        required=block["required"],
        points=Decimal(block["points"]),
        body=block["body"],
    )


def _asset(place: int, asset: Document) -> MediaAsset:
    return MediaAsset(
        position=place,
        name=asset["id"],
        file_sha256=sha256_in(asset["file"]),
        alt=asset["alt"],
        licence=asset["licence"],
        source=asset["source"],
    )


def _section_document(section: Section, blocks: list[Block]) -> dict[str, Any]:
    return {
        "id": section.uuid,
        "title": section.title,
        "mode": section.mode,
        "minutes": section.minutes,
        "blocks": [_block_document(block) for block in blocks if block.section_id == section.id],
    }


def _block_document(block: Block) -> dict[str, Any]:
    document = {
        "id": block.uuid,
        "type": block.type,
        "required": block.required,
        "points": plain(block.points),
        "body": block.body,
    }
    return document if block.title is None else {**document, "title": block.title}


def _asset_document(asset: MediaAsset) -> dict[str, Any]:
    return {
        "id": asset.name,
        "file": _file_name(asset),
        "mime": asset.file.mime,
        "alt": asset.alt,
        "licence": asset.licence,
        "source": asset.source,
    }


def _file_name(asset: MediaAsset) -> str:
    return f"media/{asset.file_sha256}.{media.EXTENSIONS[asset.file.mime]}"


def _searchable(document: Document) -> Iterator[str]:
    yield document["slug"]
    for text in (document["title"], document["summary"]):
        yield from text.values()
    for outcome in document["outcomes"]:
        yield from outcome["text"].values()
