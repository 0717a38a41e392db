"""What authors write can be shown, and nothing else can."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modules.blocks import markdown
from modules.blocks.registry import MediaView

FIGURE = {"fig-1": MediaView("/media/abc", {"nl": 'een "grafiek" <1>', "en": "a graph"})}


def html(source: str, **more: object) -> str:
    text = {"nl": source, "en": "x"}
    return str(markdown.render(text, "nl", FIGURE, **more))  # type: ignore[arg-type]


def test_formulas_become_mathml_in_a_line_and_on_their_own() -> None:
    shown = html("Dus $V_i = m_i \\cdot Z$.\n\n$$\\bar{V} = \\frac{\\sum V_i}{n}$$\n")

    assert shown.count("<math") == 2
    assert '<math display="inline">' in shown
    assert re.search(
        r'<div class="formula" role="group" tabindex="0" aria-label="[^"]+"><math display="block">',
        shown,
    )


def test_amounts_of_money_are_no_formula() -> None:
    assert "<math" not in html("Het kost $5 en daarna $6.")


def test_a_formula_that_cannot_be_shown_appears_as_it_was_typed() -> None:
    assert html("$\\foo{a}$") == "<p><code>\\foo{a}</code></p>\n"


def test_a_picture_has_the_alternative_text_of_the_package_not_of_the_text() -> None:
    shown = html("![verzonnen](media:fig-1)")

    assert 'src="/media/abc"' in shown
    assert 'alt="een &quot;grafiek&quot; &lt;1&gt;"' in shown or "een &quot;grafiek&quot;" in shown
    assert "verzonnen" not in shown


@pytest.mark.parametrize(
    "source",
    ["https://evil.example/x.png", "//evil.example/x", "data:image/png;base64,AA", "media:other"],
)
def test_a_picture_from_elsewhere_is_not_fetched(source: str) -> None:
    assert "<img" not in html(f"![]({source})")


def test_links_lead_outside_in_a_new_tab_and_nowhere_else() -> None:
    shown = html("[a](https://example.org/?a=1&b=2) [b](javascript:alert(1)) [c](/admin)")

    assert 'href="https://example.org/?a=1&amp;b=2"' in shown
    assert 'rel="noopener noreferrer"' in shown
    assert shown.count("href=") == 1


def test_headings_start_below_the_page_and_have_no_gaps() -> None:
    shown = html("# Groot\n\n### Klein\n\n##### Kleiner\n", top=3)

    assert re.findall(r"<h(\d)>", shown) == ["3", "4", "5"]


def test_tables_can_be_scrolled_and_carry_no_style() -> None:
    shown = html("| a | b |\n|---|--:|\n| 1 | 2 |\n")

    assert 'class="table-scroll" role="region" tabindex="0"' in shown
    assert '<td class="numeric">2</td>' in shown
    assert "style=" not in shown


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("![](media:nope)", "nope"),
        ("![](https://a.example/x.png)", "https://a.example/x.png"),
        ("$\\frac{1$", "braces"),
        ("$\\href{javascript:alert(1)}{a}$", "\\href"),
        ("[a](/local)", "/local"),
    ],
)
def test_an_author_hears_what_cannot_be_shown(source: str, words: str) -> None:
    found = list(markdown.problems(source, {"fig-1"}))

    assert len(found) == 1
    assert words in found[0]


def test_good_text_has_no_problems() -> None:
    text = "Meet **99,31 µL** bij $t = 21{,}5$ °C ![](media:fig-1) en [lees](https://example.org)."

    assert list(markdown.problems(text, {"fig-1"})) == []
    assert markdown.media_ids(text) == {"fig-1"}


HOSTILE = st.sampled_from(
    ["<script>", "javascript:", "onerror=", "![](", "media:fig-1", ")", "](", "[", "$", "$$",
     "\\text{", "}", "<svg/onload=x>", "`", "|", "\n", "---", "\\href{", "&lt;",
     "&#x3c;script>", "style=", "\\"]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(HOSTILE, st.text(max_size=8)), max_size=12).map("".join))
def test_whatever_is_typed_no_code_and_no_foreign_address_comes_out(source: str) -> None:
    shown = html(source) + str(markdown.inline({"nl": source}, "nl", FIGURE))

    for tag in re.findall(r"<[^>]*>", shown):
        assert re.match(
            r"</?(p|br|hr|strong|em|code|pre|blockquote|ul|ol|li|a|img|div|span|h[2-6]|table|thead"
            r"|tbody|tr|th|td|m[a-z]+)\b",
            tag,
        ), tag
        assert " on" not in tag.replace(" only", "")
        assert "style=" not in re.sub(r'"[^"]*"', "", tag).replace("displaystyle=", "")
    for source_address in re.findall(r'src="([^"]*)"', shown):
        assert source_address == "/media/abc"
