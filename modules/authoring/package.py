"""The module package: module.json with its media in one zip, read strictly, written the same."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lti_app.core.errors import Invalid
from lti_app.core.schema import load
from modules.authoring import archive, package_checks, strict_json
from modules.authoring.archive import DOCUMENT
from modules.authoring.package_schema import ModuleDocument
from modules.authoring.problems import BadPackage
from modules.blocks.registry import BLOCK_TYPES


@dataclass(frozen=True)
class Package:
    """A module as data: the document, and its media by file name (`media/<sha256>.<type>`)."""

    document: Mapping[str, Any]
    media: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        """Identity of the content; media count, because their names are their hashes."""
        return digest(self.document)


def read(data: bytes, kinds: package_checks.Kinds = BLOCK_TYPES) -> Package:
    """The package in this zip; BadPackage names every place that is not right."""
    files = archive.read(data)
    document = parse(strict_json.read(files[DOCUMENT]))
    package_checks.check(document, files, kinds)
    return Package(document, {name: files[name] for name in files if name != DOCUMENT})


def write(package: Package) -> bytes:
    """The zip of this package, the same bytes for the same content."""
    return archive.write({DOCUMENT: strict_json.write(package.document), **package.media})


def parse(document: Any) -> dict[str, Any]:
    """The document with every optional key filled in; bodies of blocks stay as they are."""
    try:
        return load(ModuleDocument, document)
    except Invalid as error:
        raise BadPackage(fields=error.fields) from error


def digest(document: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON of a document."""
    return hashlib.sha256(strict_json.write(document)).hexdigest()
