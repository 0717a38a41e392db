"""Launches: against the peer, with many persons, and what they leave in memory."""

from statistics import median

from tests.bench import browser, cpu, rounds, table
from tests.bench.rounds import Subject
from tests.bench.site import Server, Site, Tool

PORTION = 250


def _ours(site: Site, tool: Tool, among: int) -> Subject:
    def act(subject: str) -> None:
        browser.launch(
            tool.web.port, site.platform, subject, login="/lti/login", page=True, target=tool.link()
        )

    return Subject(
        (tool.web.pid,),
        lambda n: browser.each(act, browser.people(n * PORTION, PORTION, among)),
        store=site.postgresql(),
    )


def _other(site: Site, server: Server) -> Subject:
    def act(subject: str) -> None:
        browser.launch(server.port, site.platform, subject, login="/login/", page=False)

    return Subject(
        (server.pid,), lambda n: browser.each(act, browser.people(n * PORTION, PORTION, 1000))
    )


def launch(site: Site) -> list[table.Row]:
    """Login, launch, redirect and rendered page; persons and contexts stored on PostgreSQL."""
    subjects = {
        "ours": _ours(site, site.tool(1000), 1000),
        "peer": _other(site, site.peer()),
        "kept": _other(site, site.peer(BENCH_PEER_KEEPS_KEYS="1")),
        "empty": _other(site, site.floor()),
        "verify": _other(site, site.floor(BENCH_FLOOR_VERIFIES="1")),
    }
    rounds.alternate(subjects)
    ours, floors = subjects["ours"], ("empty", "verify")
    kept = median(subjects["kept"].ms)
    notes = ("machine floor: two requests, no work", "floor: the same, RSA verified")
    return [
        *(table.told(note, subjects[name].ms) for name, note in zip(floors, notes, strict=True)),
        table.told("PyLTI1p3 with the key set kept in the cache", [kept]),
        table.compared("launch with page, against PyLTI1p3", ours.ms, subjects["peer"].ms, 1.1),
        table.told("launch: in PostgreSQL", ours.store_ms),
    ]


def growth(site: Site) -> list[table.Row]:
    """The same launch with a hundred times as many persons."""
    subjects = {
        "small": _ours(site, site.tool(1000), 1000),
        "large": _ours(site, site.tool(100_000), 100_000),
    }
    rounds.alternate(subjects)
    for subject in subjects.values():  # what grows would grow in the database
        subject.ms = [a + b for a, b in zip(subject.ms, subject.store_ms, strict=True)]
    small, large = subjects["small"].ms, subjects["large"].ms
    return [
        table.compared("launch, PostgreSQL included: 100,000 persons to 1,000", large, small, 1.1)
    ]


def memory(site: Site) -> list[table.Row]:
    """What a web process holds, and what 10,000 launches leave behind."""
    tool = site.tool(1000)
    work = _ours(site, tool, 1000).work
    work(0)
    work(1)
    before = _largest(tool)
    for number in range(2, 2 + 10_000 // PORTION):
        work(number)
    after = _largest(tool)
    return [
        table.limited("memory of a web process (RSS)", [after], "MB", 110),
        table.limited("growth over 10,000 launches", [after - before], "MB", 5),
    ]


def _largest(tool: Tool) -> float:
    return max(cpu.workers_rss(tool.web.pid)) / 1e6
