"""The commands on modules, as a person types them."""

import json
from pathlib import Path

from flask import Flask

from tests.modules.authoring.documents import ExamBlock, changed, packed
from tests.support.make import Make


def run(app: Flask, *words: str):  # type: ignore[no-untyped-def]
    return app.test_cli_runner().invoke(args=["module", *words])


def test_a_module_goes_in_and_comes_out_the_same(
    app: Flask, make: Make, exam: ExamBlock, tmp_path: Path
) -> None:
    make.organisation()
    make.organisation("bionoord", "company")
    (tmp_path / "in.zip").write_bytes(packed())

    told = run(app, "import", str(tmp_path / "in.zip"), "--json")
    out = run(app, "export", "proef-module", str(tmp_path / "out.zip"))

    assert told.exit_code == 0, told.output
    said = json.loads(told.output)
    assert (said["module"], said["version"], said["state"]) == (
        "proef-module",
        "1.0.0",
        "published",
    )
    assert out.exit_code == 0
    assert (tmp_path / "out.zip").read_bytes() == packed()


def test_a_refused_package_is_explained(
    app: Flask, make: Make, exam: ExamBlock, tmp_path: Path
) -> None:
    make.organisation()
    (tmp_path / "bad.zip").write_bytes(packed(changed("version", "x")))

    refused = run(app, "import", str(tmp_path / "bad.zip"), "--organisation", "mlo-delta")

    assert refused.exit_code != 0
    assert "version" in str(getattr(refused.exception, "fields", refused.output))


def test_without_one_school_the_owner_must_be_named(
    app: Flask, exam: ExamBlock, tmp_path: Path
) -> None:
    (tmp_path / "in.zip").write_bytes(packed())
    refused = run(app, "import", str(tmp_path / "in.zip"))
    assert refused.exit_code != 0
    assert run(app, "export", "nothing", str(tmp_path / "out.zip")).exit_code != 0
