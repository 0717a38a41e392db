"""The zip around a module: read with suspicion, written the same way every time."""

import io
import re
import stat
import zipfile
import zlib
from collections.abc import Mapping

from flask_babel import gettext as _

from modules.authoring.problems import BadPackage

DOCUMENT = "module.json"
LARGEST_PACKAGE = 50 * 1024 * 1024
LARGEST_FILE = 10 * 1024 * 1024
LARGEST_CONTENT = 100 * 1024 * 1024
MOST_ENTRIES = 500
HIGHEST_RATIO = 200
RATIO_COUNTS_FROM = 1024 * 1024
# Only these names exist in a package, so no path can lead outside it.
NAME = re.compile(r"module\.json|media/[0-9a-f]{64}\.[a-z0-9]{1,5}")
FOLDER = "media/"
EPOCH = (1980, 1, 1, 0, 0, 0)
# What zipfile raises on broken input, beside its own error.
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OSError,
    IndexError,
    OverflowError,
)


def read(data: bytes) -> dict[str, bytes]:
    """The files of a package by name; BadPackage when the zip is broken or hostile."""
    if len(data) > LARGEST_PACKAGE:
        _refuse("", _("The file is larger than %(n)s MB.", n=LARGEST_PACKAGE // 1024**2))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_entries(archive.infolist())
            return _contents(archive)
    except BROKEN as error:
        raise BadPackage(
            error, fields={"": [_("This is not a zip file, or it is damaged.")]}
        ) from error


def write(files: Mapping[str, bytes]) -> bytes:
    """A zip of these files; the same files always give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(entry, files[name])
    return out.getvalue()


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MOST_ENTRIES:
        _refuse("", _("The zip holds more than %(n)s files.", n=MOST_ENTRIES))
    names: set[str] = set()
    for entry in entries:
        if entry.filename in names:
            _refuse(entry.filename, _("This file is in the zip twice."))
        names.add(entry.filename)
        _check_entry(entry)
    if sum(entry.file_size for entry in entries) > LARGEST_CONTENT:
        _refuse("", _("The files are larger than %(n)s MB.", n=LARGEST_CONTENT // 1024**2))
    if DOCUMENT not in names:
        _refuse(DOCUMENT, _("The package has no module.json."))


def _check_entry(entry: zipfile.ZipInfo) -> None:
    name = entry.filename
    if name != FOLDER and not NAME.fullmatch(name):
        _refuse(name[:80], _("Only module.json and media/<sha256>.<type> may be in the package."))
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        _refuse(name, _("Links and special files are not allowed."))
    if entry.flag_bits & 0x1:
        _refuse(name, _("This file is encrypted."))
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        _refuse(name, _("This file is compressed in a way that is not allowed."))
    if entry.file_size > LARGEST_FILE:
        _refuse(name, _("The file is larger than %(n)s MB.", n=LARGEST_FILE // 1024**2))
    too_dense = entry.file_size > HIGHEST_RATIO * max(1, entry.compress_size)
    if entry.file_size > RATIO_COUNTS_FROM and too_dense:
        _refuse(name, _("This file unpacks to something far too large."))


def _contents(archive: zipfile.ZipFile) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for entry in archive.infolist():
        if entry.filename == FOLDER:
            continue
        with archive.open(entry) as file:
            # The size in the directory is a claim; what comes out is what counts.
            content = file.read(LARGEST_FILE + 1)
        if len(content) != entry.file_size:
            _refuse(entry.filename, _("This file unpacks to something far too large."))
        found[entry.filename] = content
    return found


def _refuse(place: str, sentence: str) -> None:
    raise BadPackage(fields={place: [sentence]})
