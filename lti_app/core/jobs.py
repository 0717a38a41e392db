"""Celery, the only executor. It runs the outbox and the periodic work; retries are the outbox's."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from celery import Celery, Task
from flask import Flask

from lti_app.core import outbox

DELIVER = "outbox.deliver"
_SETTINGS = {
    "task_ignore_result": True,
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "task_serializer": "json",
    "accept_content": ["json"],
    "worker_prefetch_multiplier": 1,
    "worker_hijack_root_logger": False,
    "worker_send_task_events": False,
    "broker_connection_retry_on_startup": True,
    "broker_connection_timeout": 2,
    "beat_max_loop_interval": 5,
    "timezone": "UTC",
}


@dataclass(frozen=True)
class Periodic:
    """Work that beat starts every so often; it opens its own units of work."""

    name: str
    run: Callable[[], object]
    every: timedelta


def make_celery(app: Flask, broker_url: str, instance: Path, periodic: tuple[Periodic, ...]) -> Any:
    """Return the Celery application whose tasks see this Flask application."""

    class AppTask(Task[Any, Any]):
        """A task that sees the application."""

        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            with app.app_context():
                return self.run(*args, **kwargs)

    celery: Any = Celery("expeditie", task_cls=AppTask, broker=broker_url)
    celery.conf.update(
        _SETTINGS,
        broker_transport_options=_transport_options(broker_url, instance),
        beat_schedule_filename=str(instance / "celerybeat-schedule"),
    )
    _add_tasks(celery, periodic)
    app.extensions["expeditie_celery"] = celery
    return celery


def wake_by(celery: Any) -> Callable[[], None]:
    """Return the outbox's wake-up: one task without arguments, sent once, never retried here."""

    def wake() -> None:
        # A second of patience at most: the request must not wait for a broker that is down.
        celery.tasks[DELIVER].apply_async(retry=False, expires=60)

    return wake


def _add_tasks(celery: Any, periodic: tuple[Periodic, ...]) -> None:
    celery.task(outbox.deliver_due, name=DELIVER)
    schedule = {"sweep": {"task": DELIVER, "schedule": 10.0, "options": {"expires": 10}}}
    for job in periodic:
        name = f"periodic.{job.name}"
        celery.task(job.run, name=name)
        # What waited for a worker until its turn came again is not done twice.
        seconds = job.every.total_seconds()
        schedule[job.name] = {"task": name, "schedule": seconds, "options": {"expires": seconds}}
    celery.conf.beat_schedule = schedule


def _transport_options(broker_url: str, instance: Path) -> dict[str, Any]:
    if not broker_url.startswith("filesystem:"):
        return {"socket_connect_timeout": 1, "socket_timeout": 5, "visibility_timeout": 600}
    folder = instance / "broker"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "control").mkdir(exist_ok=True)
    return {
        "data_folder_in": str(folder),
        "data_folder_out": str(folder),
        "control_folder": str(folder / "control"),
        "store_processed": False,
        "polling_interval": 0.2,
    }
