"""The demo modules are real packages: they import with the real block types, and come out again."""

from pathlib import Path

import pytest

import modules
from lti_app.core.clock import utcnow
from lti_app.seed.commands import pack
from modules.authoring import package, service
from tests.support.make import Make

FOLDERS = sorted(
    folder for folder in (Path(modules.__file__).parent / "content").iterdir() if folder.is_dir()
)


@pytest.mark.parametrize(
    "folder", [folder for folder in FOLDERS if (folder / "module.json").is_file()],
    ids=lambda folder: folder.name,
)  # fmt: skip
def test_a_demo_module_survives_the_round_trip(folder: Path, make: Make) -> None:
    version = service.import_package(pack(folder), make.organisation(), None, utcnow())

    exported = service.export_package(version)

    assert version.state == "published"
    assert exported == pack(folder)
    assert package.read(exported).sha256 == version.frozen_sha256
