"""Pictures of a module: what the bytes really are, and SVG that only draws."""

import re
from xml.etree import ElementTree

from flask_babel import gettext as _

EXTENSIONS = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "image/svg+xml": "svg",
}
LARGEST_SVG = 512 * 1024
SVG = "{http://www.w3.org/2000/svg}"
XLINK = "{http://www.w3.org/1999/xlink}href"
ELEMENTS = frozenset(
    """
    svg g path rect circle ellipse line polyline polygon text tspan title desc defs use symbol
    linearGradient radialGradient stop clipPath mask marker pattern
    """.split()
)
ATTRIBUTES = frozenset(
    """
    id class version viewBox width height x y x1 y1 x2 y2 cx cy r rx ry fx fy d points transform
    dx dy rotate textLength lengthAdjust text-anchor dominant-baseline alignment-baseline
    font-family font-size font-style font-weight letter-spacing word-spacing
    fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-linecap stroke-linejoin
    stroke-dasharray stroke-dashoffset stroke-miterlimit opacity color display visibility
    offset stop-color stop-opacity gradientUnits gradientTransform spreadMethod
    clip-path clip-rule clipPathUnits mask maskUnits maskContentUnits
    marker-start marker-mid marker-end markerWidth markerHeight markerUnits refX refY orient
    patternUnits patternContentUnits patternTransform preserveAspectRatio overflow
    role aria-label aria-hidden aria-labelledby focusable style href
    """.split()
)
SPACE = "{http://www.w3.org/XML/1998/namespace}space"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_STYLE = re.compile(r"[\w\s:;#.,%()'\"-]*")
_URL = re.compile(r"url\(", re.IGNORECASE)
_OWN_URL = re.compile(r"url\(\s*['\"]?#[\w.:-]+['\"]?\s*\)", re.IGNORECASE)
_OWN_LINK = re.compile(r"#[\w.:-]+")


def sniff(content: bytes) -> str | None:
    """The MIME type that these bytes have, among those that a module may hold."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if b"<svg" in content[:2000]:
        return "image/svg+xml"
    return None


def problem(content: bytes, mime: str) -> str | None:
    """Why this file cannot be in a module, as a sentence; None when it can."""
    found = sniff(content)
    if mime not in EXTENSIONS or found is None:
        return str(_("A picture is a PNG, JPEG, WebP or SVG file."))
    if found != mime:
        return str(_("This file is %(found)s, not %(said)s.", found=found, said=mime))
    return _svg_problem(content) if mime == "image/svg+xml" else None


def _svg_problem(content: bytes) -> str | None:
    if len(content) > LARGEST_SVG:
        return str(_("This drawing is larger than %(n)s kB.", n=LARGEST_SVG // 1024))
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return str(_("This drawing is not UTF-8 text."))
    body = re.sub(r"\A\ufeff?\s*<\?xml\s[^>]*\?>", "", text)
    # Entities and processing instructions can pull in files or grow without end.
    if re.search(r"<!\s*(DOCTYPE|ENTITY)|<\?", body, re.IGNORECASE):
        return str(_("This drawing holds a DOCTYPE, an entity or an instruction; remove it."))
    try:
        root = ElementTree.fromstring(body)
    except (ElementTree.ParseError, ValueError):
        return str(_("This drawing is not well-formed XML."))
    if root.tag != f"{SVG}svg":
        return str(_("This file is not an SVG drawing."))
    return next((found for element in root.iter() if (found := _element_problem(element))), None)


def _element_problem(element: ElementTree.Element) -> str | None:
    name = element.tag.removeprefix(SVG)
    if name not in ELEMENTS:
        return str(_("A drawing cannot hold <%(name)s>.", name=name[:60]))
    for attribute, value in element.attrib.items():
        if not _is_allowed(attribute, value):
            return str(
                _(
                    "A drawing cannot hold the attribute %(name)s here.",
                    name=attribute.rpartition("}")[2][:60],
                )
            )
    return None


def _is_allowed(attribute: str, value: str) -> bool:
    if attribute in (SPACE, LANGUAGE):
        return True
    if attribute in ("href", XLINK):
        return bool(_OWN_LINK.fullmatch(value))
    if attribute not in ATTRIBUTES:
        return False
    if len(_URL.findall(value)) != len(_OWN_URL.findall(value)):
        return False
    return attribute != "style" or bool(_STYLE.fullmatch(value))
