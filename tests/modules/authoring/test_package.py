"""Packages: what goes in comes out the same, and what is not right is named by its place."""

import io
import json
import stat
import zipfile
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modules.authoring import archive, package, strict_json
from modules.authoring.problems import BadPackage
from tests.modules.authoring.documents import (
    PNG,
    PNG_FILE,
    changed,
    document,
    kinds,
    packed,
    uuid,
    words,
)

KINDS = kinds()


def refused(data: bytes) -> dict[str, list[str]]:
    with pytest.raises(BadPackage) as error:
        package.read(data, KINDS)
    return error.value.fields


def zipped(entries: list[tuple[Any, bytes]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in entries:
            file.writestr(name, content)
    return out.getvalue()


def test_a_package_comes_out_byte_for_byte_as_it_went_in() -> None:
    found = package.read(packed(), KINDS)

    assert package.write(found) == packed()
    assert found.document["sections"][1]["blocks"][2]["body"] == {"anything": [1, {"goes": "here"}]}
    assert found.sha256 == package.read(package.write(found), KINDS).sha256


def test_optional_keys_get_one_way_of_being_written() -> None:
    short = document()
    for name in ("level", "validity_months", "pass_mark", "extensions"):
        del short[name]
    short["sections"][0]["blocks"][0]["title"] = None
    found = package.read(packed(short), KINDS)

    assert found.document["level"] is None
    assert "title" not in found.document["sections"][0]["blocks"][0]
    assert package.read(package.write(found), KINDS) == found


TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), min_size=1, max_size=30
).filter(lambda text: bool(text.strip()) and not set(text) & set("$[]!\\<"))
LOCALIZED = st.fixed_dictionaries({"nl": TEXT, "en": TEXT})
ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(10**12), 10**12), TEXT,
              st.floats(allow_nan=False, allow_infinity=False, width=32)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(TEXT.filter(lambda key: key not in ("nl", "en")), inner, max_size=3),
    ),
    max_leaves=6,
)  # fmt: skip
BLOCK = st.one_of(
    st.builds(lambda text: ("text", {"text": text}), LOCALIZED),
    st.builds(
        lambda text, ppe: ("hazards", {"substances": [], "ppe": ppe, "confirm": text}),
        LOCALIZED,
        st.lists(LOCALIZED, max_size=2),
    ),
    st.builds(lambda body: ("unknown_kind", {"x": body}), ANYTHING),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(BLOCK, min_size=1, max_size=4),
    LOCALIZED,
    st.sampled_from(["online", "bench", "workplace"]),
    st.dictionaries(TEXT, ANYTHING, max_size=2),
)
def test_any_module_survives_the_round_trip(
    made: list[tuple[str, Any]], title: dict[str, str], mode: str, extensions: dict[str, Any]
) -> None:
    content = document(title=title, media=[], extensions=extensions)
    content["sections"] = content["sections"][1:]
    content["sections"][0]["mode"] = mode
    content["sections"][0]["blocks"] = [
        {"id": uuid(10 + place), "type": kind, "body": body, "required": False, "points": "0"}
        for place, (kind, body) in enumerate(made)
    ]
    content["outcomes"][0]["assessed_by"] = [uuid(99)]
    content["sections"][0]["blocks"].append({"id": uuid(99), "type": "exam", "body": {}})
    data = packed(content, media={})

    once = package.read(data, KINDS)
    written = package.write(once)

    assert package.read(written, KINDS) == once
    assert package.write(package.read(written, KINDS)) == written
    assert once.document["extensions"] == extensions


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_package_is_refused_never_worse(data: st.DataObject) -> None:
    content = bytearray(packed())
    for _time in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)))
    for damaged in (bytes(content), bytes(content[:cut])):
        try:
            package.read(damaged, KINDS)
        except BadPackage as error:
            assert error.fields


@pytest.mark.parametrize("data", [b"", b"PK", b"no zip at all", b"\0" * 100, packed()[:-30]])
def test_what_is_no_zip_is_refused(data: bytes) -> None:
    assert "zip" in refused(data)[""][0]


@pytest.mark.parametrize(
    "name",
    ["../module.json", "/etc/passwd", "media/../../x", "media/x.png", "C:\\x", "readme.txt",
     f"media/{'a' * 64}.png/..", "MODULE.JSON", "media/" + "A" * 64 + ".png"],
)  # fmt: skip
def test_only_the_names_of_the_format_are_unpacked(name: str) -> None:
    assert refused(zipped([("module.json", b"{}"), (name, b"x")]))


def test_links_duplicates_and_encryption_are_refused() -> None:
    link = zipfile.ZipInfo(PNG_FILE)
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert refused(zipped([("module.json", b"{}"), (link, b"/etc/passwd")]))[PNG_FILE]

    with pytest.warns(UserWarning):
        twice = zipped([("module.json", b"{}"), ("module.json", b"{}")])
    assert "module.json" in refused(twice)

    secret = bytearray(zipped([("module.json", b"{}")]))
    directory = secret.index(b"PK\x01\x02")
    secret[6] |= 1
    secret[directory + 8] |= 1
    assert "module.json" in refused(bytes(secret))


def test_a_zip_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = zipped([("module.json", b"0" * (9 * 1024 * 1024))])
    assert "module.json" in refused(bomb)

    assert refused(zipped([(f"media/{n:064x}.png", b"") for n in range(501)]))[""]
    large = zipped([("module.json", b"{}"), (PNG_FILE, b"0" * (11 * 1024 * 1024))])
    assert refused(large)[PNG_FILE]


def test_a_size_in_the_directory_is_not_believed() -> None:
    lying = bytearray(zipped([("module.json", b"0" * 5000)]))
    directory = lying.index(b"PK\x01\x02")
    lying[directory + 24 : directory + 28] = (10).to_bytes(4, "little")
    assert refused(bytes(lying))


def test_a_package_without_a_document_is_refused() -> None:
    assert "module.json" in refused(zipped([(PNG_FILE, PNG)]))


@pytest.mark.parametrize(
    ("text", "words_said"),
    [
        (b'{"a": 1, "a": 2}', "twice"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": -Infinity}', "Infinity"),
        (b'{"a": 1e999}', "1e999"),
        (b'{"a": ' + b"9" * 5000 + b"}", "999"),
        (b'{"a": "\\u0000"}', "at a"),
        (b'{"a": "\\ud800"}', "at a"),
        (b'{"\\u0007": 1}', "character"),
        (b"[" * 200_000, "JSON"),
        (b"[" * 40 + b"]" * 40, "object"),
        (b'{"a":' * 30 + b"1" + b"}" * 30, "deeply"),
        (b"[]", "object"),
        (b"", "JSON"),
        (b'{"a": 1} x', "JSON"),
        (b"\xff\xfe", "UTF-8"),
        (b"\xef\xbb\xbf{}", "JSON"),
        (b" " * (6 * 1024 * 1024), "MB"),
    ],
)
def test_json_with_surprises_is_refused(text: bytes, words_said: str) -> None:
    with pytest.raises(BadPackage) as error:
        strict_json.read(text)
    (sentence,) = error.value.fields["module.json"]
    assert words_said in sentence or "deeply" in sentence


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        ("schema_version", 2, "schema_version"),
        ("surprise", 1, "surprise"),
        ("slug", "Bad Slug", "slug"),
        ("slug", "proef\n", "slug"),
        ("version", "1.0", "version"),
        ("title", {"nl": "alleen"}, "title"),
        ("title", "plain", "title"),
        ("languages", ["nl"], "languages"),
        ("pass_mark", "1.5", "pass_mark"),
        ("pass_mark", 0.7, "pass_mark"),
        ("outcomes", [], "outcomes"),
        ("sections", [], "sections"),
        ("sections.0.mode", "moon", "sections.0.mode"),
        ("sections.0.minutes", "30", "sections.0.minutes"),
        ("sections.0.blocks", [], "sections.0.blocks"),
        ("sections.0.blocks.0.id", "x", "sections.0.blocks.0.id"),
        ("sections.0.blocks.0.points", "-1", "sections.0.blocks.0.points"),
        ("sections.0.blocks.0.body", [], "sections.0.blocks.0.body"),
        ("sections.0.blocks.0.body", {}, "sections.0.blocks.0.body.text"),
        ("sections.0.blocks.0.body.x", 1, "sections.0.blocks.0.body.x"),
        ("sections.0.blocks.0.id", uuid(3), "sections"),
        ("sections.1.id", uuid(100), "sections"),
        ("sections.0.blocks.0.body.text", words("$\\foo$"), "sections.0.blocks.0.body.text.nl"),
        (
            "sections.0.blocks.0.body.text",
            words("![](media:no)"),
            "sections.0.blocks.0.body.text.en",
        ),
        ("sections.1.blocks.0.body.requires", [uuid(77)], "sections.1.blocks.0.body.requires.0"),
        ("sections.1.blocks.0.body.requires", [uuid(4)], "sections.1.blocks.0.body.requires.0"),
        ("outcomes.0.assessed_by", [uuid(77)], "outcomes.0.assessed_by"),
        ("outcomes.0.assessed_by", [uuid(1)], "outcomes.0.assessed_by"),
        ("outcomes.0.assessed_by", [], "outcomes.0.assessed_by"),
        ("media.0.alt", {"nl": "", "en": ""}, "media.0.alt"),
        ("media.0.alt", {"decorative": 1}, "media.0.alt"),
        ("media.0.mime", "image/jpeg", "media.0.file"),
        ("media.0.mime", "text/html", "media.0.mime"),
        ("media.0.file", f"media/{'0' * 64}.png", "media.0.file"),
        ("media.0.file", "../x.png", "media.0.file"),
    ],
)
def test_what_is_wrong_is_named_by_its_place(path: str, value: Any, place: str) -> None:
    assert place in refused(packed(changed(path, value)))


def test_hazards_come_before_the_first_step_at_the_bench() -> None:
    content = document()
    content["sections"][0]["blocks"].pop()
    content["sections"][1]["blocks"][0]["body"]["requires"] = []
    assert "sections.1.blocks.0" in refused(packed(content))

    content["sections"][1]["mode"] = "online"
    assert package.read(packed(content), KINDS)


def test_media_must_be_there_be_listed_and_be_what_they_are_called() -> None:
    assert "media.0.file" in refused(packed(media={}))
    other = f"media/{'b' * 64}.png"
    assert other in refused(packed(media={PNG_FILE: PNG, other: PNG}))
    assert "media.0.file" in refused(packed(media={PNG_FILE: PNG + b"changed"}))


def test_a_decorative_picture_needs_no_words() -> None:
    found = package.read(packed(changed("media.0.alt", {"decorative": True})), KINDS)
    assert found.document["media"][0]["alt"] == {"decorative": True}


def test_all_problems_are_told_at_once() -> None:
    content = changed("slug", "Bad Slug") | {"version": "x"}
    assert {"slug", "version"} <= set(refused(packed(content)))


def test_the_zip_has_fixed_times_and_order() -> None:
    data = archive.write({"module.json": b"{}", PNG_FILE: PNG})
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        assert [entry.filename for entry in file.infolist()] == [PNG_FILE, "module.json"]
        assert {entry.date_time for entry in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert json.loads(strict_json.write({"b": 1, "a": "é"})) == {"a": "é", "b": 1}
