"""How the platform says no: a status, a code, and a sentence in the reader's language."""

from typing import Any


class Refused(Exception):
    """A request that cannot be done; `code` names a text in `texts`, `detail` adds the cause."""

    def __init__(
        self, status: int, code: str, detail: str = "", headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(status, code, detail, headers)
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = headers or {}

    def as_json(self, message: str) -> dict[str, Any]:
        """The refusal for a program."""
        return {
            "status": self.status,
            "error": self.code,
            "error_description": f"{message} {self.detail}".strip(),
        }
