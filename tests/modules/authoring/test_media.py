"""Pictures: what the bytes are, and drawings that only draw."""

import pytest

from modules.authoring import media

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20
GOOD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<!-- drawn -->\n'
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'viewBox="0 0 10 10" role="img"><title>Ok</title><defs><linearGradient id="a"/></defs>'
    '<rect width="5" height="5" fill="url(#a)" style="stroke: red"/><use xlink:href="#b"/></svg>'
)


def svg(inner: str, attributes: str = "") -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}>{inner}</svg>'.encode()


def test_good_pictures_pass() -> None:
    assert media.problem(PNG, "image/png") is None
    assert media.problem(b"\xff\xd8\xff\xe0", "image/jpeg") is None
    assert media.problem(b"RIFF\0\0\0\0WEBP", "image/webp") is None
    assert media.problem(GOOD.encode(), "image/svg+xml") is None


@pytest.mark.parametrize(
    ("content", "mime"),
    [
        (PNG, "image/jpeg"),
        (b"<html><script>", "image/png"),
        (b"GIF89a", "image/png"),
        (b"", "image/png"),
        (PNG, "text/html"),
        (b"MZ\x90", "application/x-msdownload"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused(content: bytes, mime: str) -> None:
    assert media.problem(content, mime)


@pytest.mark.parametrize(
    "content",
    [
        svg("<script>alert(1)</script>"),
        svg("", 'onload="alert(1)"'),
        svg("<foreignObject/>"),
        svg('<a href="https://evil.example"/>'),
        svg('<use href="https://evil.example/x.svg#a"/>'),
        svg('<image href="data:image/png;base64,AA"/>'),
        svg('<rect fill="url(https://evil.example)"/>'),
        svg('<rect style="fill:url( https://evil.example )"/>'),
        svg(r'<rect style="fill:\75rl(x)"/>'),
        svg("<style>@import 'x'</style>"),
        svg('<animate attributeName="href"/>'),
        svg('<x:script xmlns:x="http://www.w3.org/1999/xhtml"/>'),
        b'<!DOCTYPE svg [<!ENTITY a "b">]>' + svg("&a;"),
        b'<?xml-stylesheet href="x"?>' + svg(""),
        svg("") + b"\xff",
        b"<svg",
        b"<html><svg></svg></html>",
        svg("x" * (600 * 1024)),
    ],
)
def test_a_drawing_that_does_more_than_draw_is_refused(content: bytes) -> None:
    assert media.problem(content, "image/svg+xml")
