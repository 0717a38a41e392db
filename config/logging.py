"""Logs as one JSON object a line: constant text, named fields, nothing personal."""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Any

_STANDARD = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonFormatter(logging.Formatter):
    """One line per event: time, level, logger, event, and the `extra` fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as JSON; a traceback is kept, values are not."""
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        entry |= {k: v for k, v in vars(record).items() if k not in _STANDARD}
        if record.exc_info:
            entry["traceback"] = _without_values(record.exc_info)
        return json.dumps(entry, default=str, ensure_ascii=False)


def _without_values(exc_info: tuple[Any, Any, Any] | tuple[None, None, None]) -> str:
    """Return where it went wrong and the kind of error; its words may hold personal data."""
    kind, _value, frames = exc_info
    return "".join(traceback.format_tb(frames)) + (kind.__name__ if kind else "")


def configure(level: str = "INFO") -> None:
    """Send all logs to standard error as JSON; may be called more than once."""
    stream = logging.StreamHandler(sys.stderr)
    stream.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.handlers[:] = [stream]
    root.setLevel(level)
    logging.getLogger("urllib3").setLevel("WARNING")
    logging.getLogger("celery").setLevel("WARNING")
    logging.getLogger("kombu").setLevel("ERROR")
