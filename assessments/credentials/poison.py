"""Graphs that would keep a canonicaliser busy for years (RDFC-1.0, section 7.1, poisoning).

Blank nodes that look alike are told apart by trying all orders of their neighbours: eight that are
all linked take seconds, ten take minutes, sixteen take years. No real credential has such nodes.
"""

from collections import Counter
from collections.abc import Sequence

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

MAX_BLANK_NODES = 64
MAX_LOOKALIKES = 6
"""At the worst some 25 ms of work; eight would be seconds."""
_Term = NamedNode | BlankNode | Literal | Triple


def count_blank_nodes(quads: Sequence[Quad]) -> int:
    """Return how many nodes have no name."""
    return len(_statements(quads))


def count_lookalikes(quads: Sequence[Quad]) -> int:
    """Return how many nameless nodes look like others and touch nodes that do so too."""
    around = _statements(quads)
    looks = {node: _look(node, statements) for node, statements in around.items()}
    often = Counter(looks.values())
    alike = {node for node, look in looks.items() if often[look] > 1}
    return sum(1 for node in alike if _neighbours(node, around[node]) & alike)


def _statements(quads: Sequence[Quad]) -> dict[str, list[Quad]]:
    found: dict[str, list[Quad]] = {}
    for quad in quads:
        ends = (quad.subject, quad.object)
        for name in {str(term.value) for term in ends if isinstance(term, BlankNode)}:
            found.setdefault(name, []).append(quad)
    return found


def _look(node: str, statements: Sequence[Quad]) -> str:
    """RDFC-1.0, section 4.6, hash first degree quads: all other nameless nodes look the same."""
    return "\n".join(
        sorted(
            f"{_seen(quad.subject, node)} {quad.predicate} {_seen(quad.object, node)}"
            for quad in statements
        )
    )


def _seen(term: _Term, node: str) -> str:
    if not isinstance(term, BlankNode):
        return str(term)
    return "_:a" if term.value == node else "_:z"


def _neighbours(node: str, statements: Sequence[Quad]) -> set[str]:
    ends = [term for quad in statements for term in (quad.subject, quad.object)]
    return {str(term.value) for term in ends if isinstance(term, BlankNode)} - {node}
