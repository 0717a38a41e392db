"""The restore drill: a used installation, saved while in use, brought back elsewhere, used on."""

import json
import os
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, func, select

from assessments.credentials import verification
from assessments.credentials.models import Award
from lti_app import migrate
from lti_app.backup import dump, load
from lti_app.backup.archive import BackupRefused
from lti_app.core.clock import utcnow
from lti_app.core.db import Base, db, unit_of_work
from lti_app.core.sealed import seal, unseal
from lti_app.people import service as people
from lti_app.people.models import Organisation, Person
from tests.journeys import life
from tests.support.installations import KEYS, KINDS, empty_database, installation
from tests.support.make import Make

Address = Callable[[str, Path], str]


@pytest.fixture(scope="module")
def address(postgresql_url: str) -> Address:
    """Makes an empty database of a kind; returns its address."""

    def made(kind: str, folder: Path) -> str:
        return empty_database(kind, folder, postgresql_url)

    return made


@pytest.fixture(scope="module", params=KINDS)
def saved(
    request: pytest.FixtureRequest, address: Address, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, list[Any]], str]:
    """A backup of a world in which everything happened once; its contents; its address."""
    folder = tmp_path_factory.mktemp("source")
    file = folder / "backup.zip"
    url = address(request.param, folder)
    with life.inhabited(folder, KEYS | {"EXPEDITIE_DATABASE_URL": url}) as world:
        dump.write(file, now=utcnow())
        return file, contents(), world.url


def contents() -> dict[str, list[Any]]:
    """Return every row of every table, as our models read it."""
    with db.engine.connect() as connection:
        return {table.name: _rows(connection, table) for table in Base.metadata.sorted_tables}


def _rows(connection: Connection, table: Any) -> list[Any]:
    query = select(table).order_by(*table.primary_key)
    return [tuple(row) for row in connection.execute(query)]


def changed(source: Path, target: Path, name: str, edit: Callable[[bytes], bytes]) -> Path:
    """Write a copy of the backup in which one part was edited."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for part in old.namelist():
            body = old.read(part)
            new.writestr(part, edit(body) if part == name else body)
    return target


@pytest.mark.services
@pytest.mark.parametrize("target", KINDS)
def test_a_restored_installation_has_every_row_and_works_on(
    saved: tuple[Path, dict[str, list[Any]], str], target: str, address: Address, tmp_path: Path
) -> None:
    file, held, public_url = saved
    with installation(address(target, tmp_path), tmp_path, EXPEDITIE_PUBLIC_URL=public_url) as app:
        migrate.upgrade()  # as an administrator does first; it may make keys
        manifest = load.read(file)

        assert contents() == held
        assert {entry.name: entry.rows for entry in manifest.tables} == {
            name: len(rows) for name, rows in held.items()
        }
        migrate.check()
        award = db.session.scalars(select(Award)).one()
        assert award.credential
        assert verification.of_award(award, now=utcnow()).state == "valid"
        db.session.commit()
        _works_on(app)


def _works_on(app: Flask) -> None:
    """New rows get numbers of their own, in every table that counts."""
    before = db.session.scalar(select(func.max(Base.metadata.tables["person"].c.id)))
    make = Make(app)
    make.organisation("new-school")
    person = make.person(make.organisation("new-school"))
    assert before is not None
    assert person.id > before


@pytest.mark.services
def test_a_file_that_is_not_whole_changes_nothing(
    saved: tuple[Path, dict[str, list[Any]], str], tmp_path: Path
) -> None:
    file, _held, _url = saved
    half = tmp_path / "half.zip"
    half.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    spoilt = changed(
        file, tmp_path / "spoilt.zip", "tables/person.jsonl", lambda b: b.replace(b"G", b"B", 1)
    )
    short = changed(file, tmp_path / "short.zip", "tables/person.jsonl", lambda b: b"")
    other = changed(file, tmp_path / "other.zip", "manifest.json", lambda b: b"[]")
    newer = changed(
        file, tmp_path / "newer.zip", "manifest.json", lambda b: _with(b, revision="feedbeef")
    )
    with installation(f"sqlite:///{tmp_path / 'empty.db'}", tmp_path):
        for bad in (half, spoilt, short, other, newer):
            with pytest.raises(BackupRefused):
                load.read(bad)
        with db.engine.connect() as connection:
            assert migrate.current(connection) is None


@pytest.mark.services
@pytest.mark.parametrize("kind", KINDS)
def test_a_backup_of_a_site_in_use_is_of_one_moment_and_keeps_nobody_waiting(
    kind: str, address: Address, tmp_path: Path
) -> None:
    with installation(address(kind, tmp_path), tmp_path) as app:
        migrate.upgrade()
        written: list[int] = []
        stop = Event()
        writer = Thread(target=write_pairs, args=(app, written, stop))
        writer.start()
        while not written:
            stop.wait(0.01)
        began = len(written)
        for number in range(5):
            dump.write(tmp_path / f"{number}.zip", now=utcnow())
        stop.set()
        writer.join()
        assert len(written) > began
        load.read(tmp_path / "3.zip", replace=True)
        persons = db.session.scalar(select(func.count()).select_from(Person))
        organisations = db.session.scalar(select(func.count()).select_from(Organisation))
        assert persons == organisations
        assert persons


def write_pairs(app: Flask, written: list[int], stop: Event) -> None:
    """Add an organisation with one person, each pair in one transaction, until told to stop."""
    with app.app_context():
        while not stop.is_set():
            with unit_of_work():
                number = len(written)
                made = people.add_organisation(f"pair-{number}", "school", "Pair", now=utcnow())
                people.arrive(people.Arrival("local", f"p{number}"), made.id, now=utcnow())
            written.append(number)
        db.session.remove()


def _with(body: bytes, **values: str) -> bytes:
    return json.dumps(json.loads(body) | values).encode()


@pytest.mark.services
def test_a_restore_that_breaks_half_way_leaves_what_was_there(
    saved: tuple[Path, dict[str, list[Any]], str], address: Address, tmp_path: Path
) -> None:
    file, _held, _url = saved
    stranger = changed(
        file,
        tmp_path / "stranger.zip",
        "manifest.json",
        lambda b: b.replace(b'"name": "attempt"', b'"name": "nonsense"'),
    )
    stranger = changed_name(stranger, tmp_path / "renamed.zip")
    for kind in KINDS:
        with installation(address(kind, tmp_path), tmp_path) as app:
            migrate.upgrade()
            Make(app).organisation("ours")
            before = contents()
            with pytest.raises(BackupRefused, match="backup_refused"):
                load.read(stranger, replace=True)
            assert contents() == before


def changed_name(source: Path, target: Path) -> Path:
    """Rename a part, so that it passes every check and has no place in the database."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for part in old.namelist():
            name = part.replace("tables/attempt.jsonl", "tables/nonsense.jsonl")
            new.writestr(name, old.read(part))
    return target


@pytest.mark.services
def test_a_database_that_holds_something_is_replaced_only_when_that_is_said(
    saved: tuple[Path, dict[str, list[Any]], str], address: Address, tmp_path: Path
) -> None:
    file, held, _url = saved
    for kind in KINDS:
        with installation(address(kind, tmp_path), tmp_path) as app:
            migrate.upgrade()
            Make(app).organisation("ours")
            before = contents()
            with pytest.raises(BackupRefused):
                load.read(file)
            assert contents() == before

            load.read(file, replace=True)
            assert contents() == held


def test_another_master_key_is_refused(
    saved: tuple[Path, dict[str, list[Any]], str], tmp_path: Path
) -> None:
    file, _held, _url = saved
    other = {"EXPEDITIE_MASTER_KEY": "B" * 43}
    with installation(f"sqlite:///{tmp_path / 'empty.db'}", tmp_path, **other):
        with pytest.raises(BackupRefused) as refused:
            load.read(file)
        assert "EXPEDITIE_MASTER_KEY" in str(refused.value.args)
        assert unseal(seal(b"x", "y"), "y") == b"x"


def test_a_backup_is_for_its_owner_only_and_never_written_over_another(
    saved: tuple[Path, dict[str, list[Any]], str], tmp_path: Path
) -> None:
    file, _held, _url = saved
    assert stat.S_IMODE(os.stat(file).st_mode) == 0o600
    with zipfile.ZipFile(file) as opened:
        everything = b"".join(opened.read(name) for name in opened.namelist())
    for secret in KEYS.values():
        assert secret.encode() not in everything
    with installation(f"sqlite:///{tmp_path / 'new.db'}", tmp_path):
        migrate.upgrade()
        with pytest.raises(BackupRefused):
            dump.write(file, now=utcnow())
        assert not list(file.parent.glob("*.part"))
