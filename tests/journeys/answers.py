"""Right answers of the knowledge test, and how a person fills in answers of each kind."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from playwright.sync_api import Locator

MOST_MOVES = 60
Form = dict[str, str | list[str]]


@dataclass(frozen=True)
class Choose:
    """Tick these options."""

    options: tuple[str, ...]

    def give(self, question: Locator, script: bool) -> None:
        """Tick what is right, untick what is not."""
        for box in question.locator("input[type=checkbox]").all():
            box.set_checked(box.get_attribute("value") in self.options)
        for option in self.options:
            question.locator(f"input[value='{option}']").check()

    def form(self, name: str) -> Form:
        """Return what the browser sends."""
        return {name: list(self.options)}


@dataclass(frozen=True)
class Arrange:
    """Put the entries in this order, with the arrow buttons."""

    entries: tuple[str, ...]

    def give(self, question: Locator, script: bool) -> None:
        """Move each entry up until it stands in its place."""
        for place, entry in enumerate(self.entries):
            for _move in range(MOST_MOVES):
                shown = [
                    found.get_attribute("value") for found in question.locator("li input").all()
                ]
                if shown.index(entry) == place:
                    break
                question.locator(f"button[value='{entry}:up']").click()
                if not script:  # the page comes back from the server
                    question.page.wait_for_load_state()
        assert shown == list(self.entries)

    def form(self, name: str) -> Form:
        """Return what the browser sends."""
        return {name: list(self.entries)}


@dataclass(frozen=True)
class Pair:
    """Choose for each entry on the left what belongs to it."""

    pairs: Mapping[str, str]

    def give(self, question: Locator, script: bool) -> None:
        """Choose from each list."""
        for left, right in self.pairs.items():
            question.locator(f"select[name$='.{left}']").select_option(right)

    def form(self, name: str) -> Form:
        """Return what the browser sends."""
        return {f"{name}.{left}": right for left, right in self.pairs.items()}


@dataclass(frozen=True)
class Number:
    """Type a number and its unit."""

    value: str
    unit: str = ""

    def give(self, question: Locator, script: bool) -> None:
        """Type the number; choose or type the unit."""
        question.locator("input[name$='.value']").fill(self.value)
        units = question.locator("[name$='.unit']")
        if not self.unit or not units.count():
            return
        fill: Callable[[str], object] = (
            units.select_option if units.evaluate("e => e.tagName") == "SELECT" else units.fill
        )
        fill(self.unit)

    def form(self, name: str) -> Form:
        """Return what the browser sends."""
        return {f"{name}.value": self.value, f"{name}.unit": self.unit}


@dataclass(frozen=True)
class Cells:
    """Type numbers in a table, by row and column."""

    values: Mapping[str, str]

    def give(self, question: Locator, script: bool) -> None:
        """Type each number."""
        for cell, value in self.values.items():
            question.locator(f"input[name$='.{cell}.value']").fill(value)

    def form(self, name: str) -> Form:
        """Return what the browser sends."""
        return {f"{name}.{cell}.value": value for cell, value in self.values.items()}


Answer = Choose | Arrange | Pair | Number | Cells


def knowledge(comma: str = ",") -> dict[str, Answer]:
    """Return the right answers of the knowledge test, by question."""
    return {
        "k-order": Arrange(tuple(f"e{place}" for place in range(1, 10))),
        "k-depth": Choose(("a",)),
        "k-tip": Choose(("a",)),
        "k-spoil": Choose(("a", "b", "c", "d")),
        "k-water": Choose(("a",)),
        "k-scheme": Choose(("a",)),
        "k-z": Choose(("a",)),
        "k-symbols": Pair({"l1": "r3", "l2": "r2", "l3": "r1", "l4": "r4"}),
        "k-evaporation": Number(f"0{comma}012", "mg"),
        "k-correct": Choose(("a",)),
    }


def form_of(given: Mapping[str, Answer]) -> Form:
    """Return all answers as a browser sends them."""
    sent: Form = {}
    for name, answer in given.items():
        sent |= answer.form(name)
    return sent
