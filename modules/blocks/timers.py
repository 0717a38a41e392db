"""Timers of a step: the server keeps start, stop and pauses, so a reload loses nothing."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _

from lti_app.core.errors import Invalid
from modules.blocks.registry import State

MOST_RUNS = 20


def press(
    timers: Sequence[Mapping[str, Any]], state: State, pressed: str | None, now: datetime
) -> State:
    """The state after "start:ID", "stop:ID" or "resume:ID"; Invalid for any other button."""
    if not pressed:
        return state
    action, _colon, name = pressed.partition(":")
    if name not in {timer["id"] for timer in timers} or action not in _ACTIONS:
        raise Invalid(fields={"timer": [_("This timer is not known here.")]})
    run = state.get("timers", {}).get(name, {})
    after = _ACTIONS[action](run, now)
    return {**state, "timers": {**state.get("timers", {}), name: after}}


def _started(run: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
    if run.get("started_at") and not run.get("stopped_at"):
        return run  # pressed twice, or in a second tab: the first start counts
    earlier = list(run.get("earlier", []))
    if run.get("started_at"):
        earlier.append([run["started_at"], run["stopped_at"]])
    fresh = {"started_at": now.isoformat(), "stopped_at": None}
    return {**fresh, "earlier": earlier[-MOST_RUNS:]} if earlier else fresh


def _stopped(run: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
    if not run.get("started_at") or run.get("stopped_at"):
        return run
    return {**run, "stopped_at": now.isoformat()}


def _resumed(run: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
    # It goes on with what was left: a time at the bench is never made shorter by a wrong tap.
    stopped = _moment(run.get("stopped_at"))
    if stopped is None:
        return run
    paused = run.get("paused_seconds", 0) + (now - stopped).total_seconds()
    return {**run, "stopped_at": None, "paused_seconds": paused}


_ACTIONS: Mapping[str, Callable[[Mapping[str, Any], datetime], Mapping[str, Any]]] = {
    "start": _started,
    "stop": _stopped,
    "resume": _resumed,
}


def view(timer: Mapping[str, Any], state: State, now: datetime) -> dict[str, Any]:
    """How the timer stands: `state` is ready, running, over or stopped; `left` in seconds.

    `counts_from` is the start, later by what it stood still: pages count from there.
    """
    run = state.get("timers", {}).get(timer["id"], {})
    started, stopped = _moment(run.get("started_at")), _moment(run.get("stopped_at"))
    counts_from = started + timedelta(seconds=run.get("paused_seconds", 0)) if started else None
    ends = counts_from + timedelta(seconds=timer["seconds"]) if counts_from else None
    left = max(0, round((ends - (stopped or now)).total_seconds())) if ends else timer["seconds"]
    return {
        **timer,
        "started_at": started,
        "stopped_at": stopped,
        "counts_from": counts_from,
        "ends_at": ends,
        "left": left,
        "clock": clock(left),
        "full": clock(timer["seconds"]),
        "state": _word(started, stopped, left),
    }


def _word(started: datetime | None, stopped: datetime | None, left: int) -> str:
    if started is None:
        return "ready"
    if left == 0:
        return "over"
    return "stopped" if stopped else "running"


def clock(seconds: int) -> str:
    """1:05:00 or 4:59, as a kitchen timer shows it."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
