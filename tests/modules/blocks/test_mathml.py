"""LaTeX in, MathML out, or a sentence."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modules.blocks import mathml


@pytest.mark.parametrize(
    "latex",
    [
        r"e_s = \bar{V} - V_s",
        r"s_r = \sqrt{\frac{\sum_{i=1}^{n} (V_i - \bar{V})^2}{n-1}}",
        r"CV = 100\,\% \cdot \frac{s_r}{\bar{V}}",
        r"Z = 1{,}0032\ \text{µL/mg}",
        r"\begin{align*} a &= b \\ c &= d \end{align*}",
        r"x < y \leq 10^{-3}",
        r"\left( \frac{A - D}{y - D} - 1 \right)^{1/B}",
    ],
)
def test_lab_formulas_can_be_shown(latex: str) -> None:
    assert mathml.to_mathml(latex).startswith("<math")
    assert 'display="block"' in mathml.to_mathml(latex, block=True)


@pytest.mark.parametrize(
    "latex",
    [
        "", "   ", "a_", "a^b^c", "{", "}", "}{", r"\frac", r"\sqrt", r"\left( x", r"\foo{a}",
        r"\href{javascript:x}{a}", r"\style{color:red}{x}", r"\def\a{\a}\a", r"\newcommand{\x}{y}",
        r"\text{<script>alert(1)</script>}", r"\text{a & b}", r"\class{x}{y}",
        r"\begin{array}{c} a",
        r"\begin{verbatim}a\end{verbatim}", "x" * 601, "{" * 20 + "}" * 20, "\\",
    ],
)  # fmt: skip
def test_what_cannot_be_shown_is_refused_with_a_sentence(latex: str) -> None:
    with pytest.raises(mathml.BadMath) as refused:
        mathml.to_mathml(latex)
    assert len(str(refused.value)) > 10


PIECES = st.sampled_from(
    [
        *(f"\\{name}" for name in sorted(mathml.COMMANDS)),
        "{",
        "}",
        "^",
        "_",
        "&",
        "a",
        "1",
        "<",
        " ",
        "[",
        "]",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=12).map(" ".join))
def test_any_mix_of_allowed_commands_is_shown_or_refused_never_worse(latex: str) -> None:
    try:
        assert mathml.to_mathml(latex).startswith("<math")
    except mathml.BadMath as refused:
        assert str(refused)
