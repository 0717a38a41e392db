"""Errors that people can act on: a code, a status, what happened, what to do."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

Fields = dict[str, list[str]]


class DomainError(Exception):
    """A rule refused: a page or problem+json; the whole request rolls back."""

    code = "refused"
    status = 400
    title: LazyString | str = _l("This is not possible")
    advice: LazyString | str = _l("Go back and try again.")

    def __init__(
        self, *details: object, fields: Fields | None = None, advice: LazyString | str = ""
    ) -> None:
        """`details` are for the log only; `fields` say per input what was wrong."""
        super().__init__(self.code, *details)
        self.fields = fields or {}
        if advice:
            self.advice = advice


class Invalid(DomainError):
    """What was sent in is not usable."""

    code = "invalid_input"
    status = 422
    title = _l("Something in what you sent is not right")
    advice = _l("Correct what is named here and send it again. Nothing was stored.")


class Forbidden(DomainError):
    """This person may not do this."""

    code = "forbidden"
    status = 403
    title = _l("This page is not for you")
    advice = _l("Open the module again from your course, or ask your teacher for access.")


class NotFound(DomainError):
    """There is no such thing, or not for this person."""

    code = "not_found"
    status = 404
    title = _l("There is nothing here")
    advice = _l("Check the address, or open the module again from your course.")


class Conflict(DomainError):
    """Somebody or something was first."""

    code = "conflict"
    status = 409
    title = _l("Somebody was ahead of you")
    advice = _l("Load the page again to see how it is now.")


class Gone(DomainError):
    """It was there, and will not come back."""

    code = "gone"
    status = 410
    title = _l("This is no longer available")
    advice = _l("Open the module again from your course.")
