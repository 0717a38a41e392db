"""What every page must keep to, judged in a real browser: the measure of ux.md."""

from dataclasses import dataclass, field
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any, Protocol

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LANGUAGES, WIDTHS, THEMES = ("nl", "en"), (360, 1280), ("light", "dark")
MOST_TABS = 120

JUDGE = """async rules => {
  const found = await axe.run(document, {runOnly: {type: 'tag', values: rules},
    resultTypes: ['violations']});
  return found.violations.flatMap(rule => rule.nodes.map(node =>
    `${rule.id}: ${node.target.join(' ')}: ${(node.any[0] ?? node.all[0] ?? node.none[0] ?? {})
      .message ?? rule.help}`));
}"""
FACTS = """() => ({
  lang: document.documentElement.lang,
  headings: document.querySelectorAll('h1').length,
  page: document.body.dataset.page ?? '',
  role: document.body.dataset.role ?? '',
  sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  title: document.title,
})"""
# Everything a person must be able to reach with Tab; a group of radio buttons counts once.
REACHABLE = """() => {
  const all = [...document.querySelectorAll(
    'a[href], button, input, select, textarea, summary, [tabindex]')];
  const shown = all.filter(e => e.tabIndex >= 0 && !e.disabled && e.type !== 'hidden'
    && !e.closest('fieldset:disabled')
    && e.checkVisibility({visibilityProperty: true, contentVisibilityAuto: true}));
  const groups = new Set();
  let number = 0;
  for (const e of shown) {
    if (e.type === 'radio') {
      if (groups.has(e.name)) { e.dataset.walked = groups.size; continue; }
      groups.add(e.name);
    }
    e.dataset.walk = ++number;
  }
  return number;
}"""
FOCUS = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const group = e.type === 'radio' && document.querySelector(
    `input[type=radio][name="${CSS.escape(e.name)}"][data-walk]`);
  const seen = [e, e.parentElement, e.nextElementSibling].filter(Boolean).some(one => {
    const style = getComputedStyle(one);
    return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0)
      || style.boxShadow !== 'none';
  });
  return {walk: Number((group || e).dataset.walk ?? 0), seen,
    name: e.tagName + ' ' + (e.textContent || e.getAttribute('aria-label') || e.name || '')
      .trim().slice(0, 40)};
}"""
SMALL = """() => [...document.querySelectorAll(
    'main :is(button, .button, select, summary, textarea, .choice, input:not([type=hidden]))')]
  .filter(e => e.checkVisibility() && e.getAttribute('tabindex') !== '-1')
  .filter(e => !['radio', 'checkbox'].includes(e.type))
  .filter(e => e.getBoundingClientRect().height < 43.5)
  .map(e => `${e.tagName} ${(e.textContent || e.name).trim().slice(0, 40)}: `
    + `${Math.round(e.getBoundingClientRect().height)} px`)"""


# What is cut off at the side, or hidden behind the edge of a box that does not scroll.
CUT_OFF = """() => [...document.querySelectorAll('main *, header *, footer *')]
  .filter(e => e.checkVisibility() && !e.closest('.visually-hidden, .skip-link, svg, math')
    && !e.closest('[role=region], .table-scroll, pre, .katex') && e.children.length === 0)
  .filter(e => { const box = e.getBoundingClientRect();
    return box.width > 1 && (box.right > innerWidth + 1 || box.left < -1); })
  .map(e => `${e.tagName} ${e.className} ${(e.textContent || '').trim().slice(0, 40)}`)"""
# In forced colours only edges and system colours are left: what acts must have an edge.
NO_EDGE = """() => [...document.querySelectorAll(
    'main :is(button, .button, select, textarea, input:not([type=hidden])), .notice, .badge')]
  .filter(e => e.checkVisibility() && !e.closest('.visually-hidden')
    && !e.matches('.visually-hidden, [type=radio], [type=checkbox]'))
  .filter(e => { const s = getComputedStyle(e);
    return s.borderBottomStyle === 'none' || parseFloat(s.borderBottomWidth) === 0; })
  .map(e => `${e.tagName} ${e.className} ${(e.textContent || e.name || '').trim().slice(0, 40)}`)"""
MOVES = """() => document.getAnimations().filter(one => one.playState === 'running'
    && one.effect.getComputedTiming().duration > 10)
  .map(one => one.animationName || one.transitionProperty)"""


class Keyboard(Protocol):
    """What presses keys."""

    def press(self, key: str, /) -> None:
        """Press and let go."""


class Page(Protocol):
    """What the walk needs of a page: Playwright's, or Firefox by Marionette."""

    @property
    def keyboard(self) -> Keyboard:
        """Its keyboard."""

    def evaluate(self, source: str, given: Any = None, /) -> Any:
        """Run JavaScript in it; a function is called."""


@dataclass(frozen=True)
class Look:
    """How a page is looked at."""

    language: str
    width: int
    theme: str
    extra: str = ""
    """zoom: 1280 px at 400 % (WCAG 1.4.10); forced: forced colours; still: less motion."""

    def __str__(self) -> str:
        return f"{self.language}-{self.width}-{self.theme}" + (f"-{self.extra}" * bool(self.extra))

    @property
    def options(self) -> dict[str, Any]:
        """How the browser is opened for this look."""
        height = 256 if self.extra == "zoom" else 800
        chosen: dict[str, Any] = {
            "viewport": {"width": self.width, "height": height},
            "color_scheme": self.theme,
        }
        if self.extra == "zoom":
            chosen["device_scale_factor"] = 4
        if self.extra == "forced":
            chosen["forced_colors"] = "active"
        if self.extra == "still":
            chosen["reduced_motion"] = "reduce"
        return chosen


EVERY_LOOK = [Look(*one) for one in product(LANGUAGES, WIDTHS, THEMES)] + [
    Look("nl", 320, "light", "zoom"),
    Look("en", 320, "dark", "zoom"),
    Look("nl", 360, "light", "forced"),
    Look("en", 1280, "dark", "forced"),
    Look("nl", 1280, "light", "still"),
]
# Every pair of language, width and theme occurs once.
PAIRWISE = [
    Look("nl", 360, "light"),
    Look("nl", 1280, "dark"),
    Look("en", 360, "dark"),
    Look("en", 1280, "light"),
]


@dataclass(frozen=True)
class Visit:
    """A page to look at: its address, and what its markers must say."""

    endpoint: str
    path: str
    role: str
    name: str = ""

    def __str__(self) -> str:
        return f"{self.endpoint} as {self.name or self.role} ({self.path})"


@dataclass
class Findings:
    """What is wrong, page by page."""

    lines: list[str] = field(default_factory=list)

    def add(self, visit: Visit, problems: list[str]) -> None:
        """Note the problems of one page."""
        self.lines += [f"{visit}: {problem}" for problem in problems]


@cache
def _axe() -> str:
    return AXE.read_text()


def judged(page: Page, visit: Visit, look: Look) -> list[str]:
    """Return what is wrong with the page that is open now."""
    facts = page.evaluate(FACTS)
    problems = _markers(facts, visit, look)
    page.evaluate(_axe())  # through the debugger, so that the page's own policy stays as it is
    problems += page.evaluate(JUDGE, RULES)
    problems += _in_this_look(page, look)
    if look.width < 500:
        problems += [f"smaller than 44 px: {one}" for one in page.evaluate(SMALL)]
    return problems


def _in_this_look(page: Page, look: Look) -> list[str]:
    if look.extra == "zoom":
        return [f"cut off: {one}" for one in page.evaluate(CUT_OFF)]
    if look.extra == "forced":
        return [f"no edge: {one}" for one in page.evaluate(NO_EDGE)]
    if look.extra == "still":
        return [f"moves: {one}" for one in page.evaluate(MOVES)]
    return []


def _markers(facts: dict[str, Any], visit: Visit, look: Look) -> list[str]:
    problems = []
    for name, wanted in (
        ("lang", look.language),
        ("headings", 1),
        ("page", visit.endpoint),
        ("role", visit.role),
    ):
        if facts[name] != wanted:
            problems.append(f"{name} is {facts[name]!r}, not {wanted!r}")
    if facts["sideways"] > 0:
        problems.append(f"scrolls sideways by {facts['sideways']} px")
    if not facts["title"].split("·")[0].strip():
        problems.append("has no title")
    return problems


def unreachable(page: Page) -> list[str]:
    """Press Tab through the page; return what cannot be reached or shows no focus."""
    wanted = page.evaluate(REACHABLE)
    reached: set[int] = set()
    problems = []
    # Around once more: a page may put the focus on an error summary in its middle.
    for _tab in range(min(wanted, MOST_TABS) + 12):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS) or {"walk": 0, "seen": True}
        reached.add(focus["walk"])
        if not focus["seen"]:
            problems.append(f"no visible focus: {focus['name']}")
        if len(reached - {0}) == wanted:
            break
    missed = min(wanted, MOST_TABS) - len(reached - {0})
    if missed > 0:
        problems.append(f"{missed} of {wanted} controls not reached by Tab")
    return problems
