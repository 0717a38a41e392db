"""Why a mark is what it is, in words for the learner."""

from flask_babel import lazy_gettext as _l

TEXTS = {
    "right": _l("Right."),
    "partly": _l("Partly right."),
    "wrong": _l("Not right yet."),
    "empty": _l("You gave no answer."),
    "unreadable": _l("We could not read this as a number."),
    "misconception": _l("We recognise this value."),
    "follow_through": _l("Right, calculated on from your own earlier answer."),
    "unit_missing": _l("The unit is missing."),
    "unit_wrong": _l("The unit does not fit."),
    "too_few_digits": _l("You give too few significant figures."),
    "too_many_digits": _l("You give too many significant figures."),
}

PARTS = {
    "answer": _l("Answer"),
    "value": _l("Value"),
    "unit": _l("Unit"),
    "digits": _l("Significant figures"),
}
