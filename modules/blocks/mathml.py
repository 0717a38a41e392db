"""LaTeX to MathML: an allow-list of commands goes in, an allow-list of elements comes out."""

import re
from xml.etree import ElementTree

from flask_babel import gettext as _
from latex2mathml import converter

MAXIMUM = 600
DEPTH = 12
NAMESPACE = "{http://www.w3.org/1998/Math/MathML}"

# latex2mathml copies unknown commands, `\href{javascript:…}`, `\style{…}` and markup inside
# `\text{…}` straight into its output, and `\def` may loop. So nothing is passed on that is not
# named here, and what comes out is parsed and checked again.
COMMANDS = frozenset(
    """
    frac dfrac tfrac sqrt bar overline underline hat vec dot ddot tilde overbrace underbrace
    sum prod int lim log ln lg exp min max sin cos tan gcd
    left right begin end text mathrm mathbf mathit mathsf operatorname binom
    alpha beta gamma delta epsilon varepsilon zeta eta theta iota kappa lambda mu nu xi pi rho
    sigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega
    cdot times div pm mp ast star circ bullet le leq ge geq lt gt ne neq equiv approx sim simeq
    propto ll gg infty partial nabla in notin subset cup cap forall exists to rightarrow leftarrow
    Rightarrow Leftarrow leftrightarrow rightleftharpoons longrightarrow mapsto
    cdots ldots dots vdots quad qquad degree prime angle perp parallel mid lvert rvert hbar ell
    displaystyle textstyle limits big Big bigg Bigg
    """.split()
) | frozenset([",", ";", ":", "!", " ", "%", "{", "}", "|", "\\", "&", "_", "#"])
ENVIRONMENTS = frozenset(["matrix", "pmatrix", "bmatrix", "vmatrix", "cases", "align*", "split"])

ELEMENTS = frozenset(
    """
    math mrow mi mn mo mtext mspace ms mfrac msqrt mroot msub msup msubsup munder mover munderover
    mtable mtr mtd mstyle mpadded mphantom menclose
    """.split()
)
ATTRIBUTES = frozenset(
    """
    display displaystyle stretchy fence form separator accent accentunder movablelimits mathvariant
    lspace rspace minsize maxsize width height depth linethickness linebreak columnalign rowalign
    columnspacing rowspacing columnlines rowlines scriptlevel notation symmetric
    """.split()
)
_COMMAND = re.compile(r"\\([A-Za-z]+|.|$)", re.DOTALL)
_ENVIRONMENT = re.compile(r"\\(?:begin|end)\s*\{([^}]*)\}")


class BadMath(ValueError):
    """This LaTeX cannot be shown; the message says why, for the author."""


def to_mathml(latex: str, *, block: bool = False) -> str:
    """MathML for this formula; BadMath with a sentence when it cannot be made safely."""
    source = latex.strip()
    _check(source)
    try:
        found = converter.convert(source, display="block" if block else "inline")
    except RecursionError:
        raise BadMath(_("This formula is nested too deeply.")) from None
    except Exception as error:  # its own errors, and IndexError or KeyError on odd input
        raise BadMath(_("This formula is not complete: check braces, ^, _ and \\left.")) from error
    _check_output(found)
    return found


def _check(source: str) -> None:
    if not source:
        raise BadMath(_("This formula is empty."))
    if len(source) > MAXIMUM:
        raise BadMath(_("This formula is too long (at most %(n)s characters).", n=MAXIMUM))
    for command in _COMMAND.findall(source):
        if command not in COMMANDS:
            raise BadMath(_("The formula command %(name)s is not known here.", name="\\" + command))
    for environment in _ENVIRONMENT.findall(source):
        if environment not in ENVIRONMENTS:
            raise BadMath(_("The formula command %(name)s is not known here.", name=environment))
    _check_braces(re.sub(r"\\[{}\\]", "", source))


def _check_braces(source: str) -> None:
    depth = 0
    for char in source:
        depth += {"{": 1, "}": -1}.get(char, 0)
        if depth < 0:
            break
        if depth > DEPTH:
            raise BadMath(_("This formula is nested too deeply."))
    if depth:
        raise BadMath(_("The braces { and } in this formula do not match."))


def _check_output(found: str) -> None:
    try:
        root = ElementTree.fromstring(found)
    except (ElementTree.ParseError, ValueError) as error:
        raise BadMath(_("A formula cannot hold <, > or & inside \\text.")) from error
    for element in root.iter():
        name = str(element.tag).removeprefix(NAMESPACE)
        if name not in ELEMENTS or not set(element.attrib) <= ATTRIBUTES:
            raise BadMath(_("This formula cannot be shown."))
