"""An administrator answers a request: find somebody, hand over what is stored, erase."""

import io

from flask import Blueprint, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from lti_app.core.clock import utcnow
from lti_app.core.policy import Actor, may_administer, require
from lti_app.core.schema import hostile_character
from lti_app.privacy import export, queries, schemas, service
from lti_app.privacy.holdings import HOLDINGS
from lti_app.web.forms import load_form
from lti_app.web.sessions import current_actor

bp = Blueprint(
    "privacy", __name__, url_prefix="/s/<session_id>/people", template_folder="templates"
)
_LONGEST = 100


def _administrator() -> tuple[Actor, int]:
    actor = current_actor()
    require(may_administer(actor))
    assert actor.organisation_id is not None  # the policy says so
    return actor, actor.organisation_id


@bp.get("")
def people() -> ResponseReturnValue:
    """Find persons of the own organisation, and see what was erased and cleared away."""
    _actor, organisation_id = _administrator()
    text = request.args.get("q", "").strip()[:_LONGEST]
    usable = bool(text) and hostile_character(text, allow_newlines=False) is None
    return render_template(
        "privacy/people.html",
        text=text if usable else "",
        found=queries.find(organisation_id, text) if usable else [],
        most=queries.MOST_FOUND,
        erasures=queries.acts(queries.ERASED, organisation_id),
        cleared=queries.acts(queries.RETAINED, organisation_id),
    )


@bp.get("/<int:person_id>")
def show(person_id: int) -> ResponseReturnValue:
    """Show what can be done for one person."""
    _actor, organisation_id = _administrator()
    person = queries.person(person_id, organisation_id)
    return render_template(
        "privacy/person.html",
        person=person,
        awards=queries.awards(person.id),
        holds=_held(person_id),
    )


def _held(person_id: int) -> list[tuple[str, int]]:
    return [
        (str(holding.what), len(queries.rows(holding, person_id))) for holding in reversed(HOLDINGS)
    ]


@bp.get("/<int:person_id>/export")
def download(person_id: int) -> ResponseReturnValue:
    """Give everything that is stored about a person as one file."""
    _actor, organisation_id = _administrator()
    person = queries.person(person_id, organisation_id)
    content = io.BytesIO(export.archive(person, now=utcnow()))
    name = f"expeditie-person-{person.id}.zip"
    return send_file(content, "application/zip", as_attachment=True, download_name=name)


@bp.post("/<int:person_id>/erase")
def erase(person_id: int) -> ResponseReturnValue:
    """Remove a person for good, all but the lawful minimum."""
    actor, organisation_id = _administrator()
    form = load_form(schemas.EraseSchema)
    person = queries.person(person_id, organisation_id, lock=True)
    service.erase(
        person,
        withdraw=form["withdraw"] == "1",
        actor_id=actor.person_id,
        reference=form["reference"],
        now=utcnow(),
    )
    return redirect(url_for("privacy.people"), 303)
