"""The piece of the learner's overview that shows the proof of a completed module."""

from flask import render_template
from flask_babel import force_locale
from markupsafe import Markup

from assessments.credentials import queries


def panel(enrolment_id: int, language: str) -> Markup:
    """Return the proof of this enrolment, or that it is on its way; empty when there is none."""
    enrolment = queries.find_enrolment(enrolment_id)
    if enrolment is None:
        return Markup("")
    achievement = queries.achievement_of(enrolment.module_version_id)
    if achievement is None:
        return Markup("")
    given = queries.award_shown(enrolment, achievement)
    with force_locale(language):
        shown = render_template("credentials/panel.html", award=given, achievement=achievement)
    return Markup(shown)  # noqa: S704 - a template of ours, escaped by Jinja
