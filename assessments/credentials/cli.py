"""Commands: check a credential, and what an issuer needs on its own domain."""

import json
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from assessments.credentials import (
    bundle,
    checking,
    did,
    display,
    queries,
    signing,
    strict_json,
    verification,
    wording,
)
from assessments.credentials.checking import Sources, Unavailable, Verdict
from assessments.credentials.site import current_site
from lti_app.core import outbound
from lti_app.core.clock import utcnow
from lti_app.core.db import unit_of_work
from lti_app.core.errors import DomainError
from lti_app.web.i18n import current_language
from lti_app.web.terminal import refusal, say

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_MAX_LIST = 1024 * 1024


@click.group()
def credential() -> None:
    """Signed proofs."""


@credential.command("verify")
@click.argument("file", type=_FILE)
@click.option("--did", "dids", type=_FILE, multiple=True, help="A DID document (did.json).")
@click.option("--status", "lists", type=_FILE, multiple=True, help="A status list credential.")
@click.option("--fetch", is_flag=True, help="Fetch what is not known here from its did:web host.")
@click.option("--json", "as_json", is_flag=True)
@with_appcontext
def verify(
    file: Path, dids: tuple[Path, ...], lists: tuple[Path, ...], fetch: bool, as_json: bool
) -> None:
    """Say whether the credential in FILE is real and valid. Exit status 0 valid, 1 refused."""
    with unit_of_work():
        sources = _sources(_by_id(dids), _by_id(lists), fetch=fetch)
        found = verification.of_text(_read(file), sources, site=current_site(), now=utcnow())
    _tell(found, as_json)
    if found.state != "valid":
        raise click.exceptions.Exit(1)


@click.group()
def issuer() -> None:
    """Organisations as issuers of proofs."""


@issuer.command("export")
@click.argument("slug")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True)
@with_appcontext
def export(slug: str, folder: Path, as_json: bool) -> None:
    """Write what the issuer serves on its own domain: did.json and the status lists."""
    with unit_of_work():
        try:
            written = bundle.write(
                queries.organisation(slug), folder, site=current_site(), now=utcnow()
            )
        except DomainError as error:
            raise click.ClickException(refusal(error)) from error
    say(as_json, {"did": written.did, "serve_at": written.base_url, "files": list(written.files)})


@issuer.command("set-did")
@click.argument("slug")
@click.argument("name", metavar="DID")
@with_appcontext
def set_did(slug: str, name: str) -> None:
    """Let the organisation issue under its own did:web, for instance did:web:mlo-delta.nl."""
    try:
        did.check_web(name, production=current_site().production)
    except did.BadDid as error:
        raise click.ClickException(wording.reason(error.code)) from error
    with unit_of_work():
        queries.organisation(slug).did = name
    say(False, {"slug": slug, "did": name})


@issuer.command("rotate-key")
@click.argument("slug")
@click.option("--json", "as_json", is_flag=True)
@with_appcontext
def rotate_key(slug: str, as_json: bool) -> None:
    """Publish a new signing key; it takes over after a day, and the old one stays published."""
    with unit_of_work():
        try:
            organisation = queries.organisation(slug)
            made = signing.rotate(organisation, current_site(), actor_id=None, now=utcnow())
        except DomainError as error:
            raise click.ClickException(refusal(error)) from error
        say(as_json, {"kid": made.kid, "state": made.state, "used_from": made.used_from})


def _sources(
    dids: dict[str, dict[str, Any]], lists: dict[str, dict[str, Any]], *, fetch: bool
) -> Sources:
    """Return what was given, then what we know, then (when asked) what its own host says."""
    own = verification.own_sources()
    return Sources(
        did_document=lambda name: (
            dids.get(name) or own.did_document(name) or (_fetch_did(name) if fetch else None)
        ),
        status_list=lambda url: (
            lists.get(url) or own.status_list(url) or (_fetch(url) if fetch else None)
        ),
    )


def _fetch_did(name: str) -> dict[str, Any]:
    return _fetch(did.document_url(name))


def _fetch(url: str) -> dict[str, Any]:
    try:
        answer = outbound.get(url, max_body=_MAX_LIST)
        if answer.status != 200:
            raise Unavailable(f"{url}: {answer.status}")
        return strict_json.parse(answer.body, max_bytes=_MAX_LIST)
    except outbound.OutboundError as error:
        raise Unavailable(f"{url}: {error.reason}") from error
    except strict_json.NotUsable as error:
        raise Unavailable(f"{url}: {error.code}") from error


def _by_id(files: tuple[Path, ...]) -> dict[str, dict[str, Any]]:
    found = {}
    for file in files:
        try:
            document = strict_json.parse(_read(file, _MAX_LIST), max_bytes=_MAX_LIST)
        except strict_json.NotUsable as error:
            raise click.BadParameter(f"{file}: {wording.reason(error.code)}") from error
        found[str(document.get("id"))] = document
    return found


def _read(file: Path, limit: int = strict_json.MAX_BYTES) -> bytes:
    with file.open("rb") as stream:
        return stream.read(limit + 1)


def _tell(found: Verdict, as_json: bool) -> None:
    title, meaning, _kind = wording.STATES[found.state]
    shown = display.shown(found.document, current_language())
    if as_json:
        click.echo(json.dumps(_machine_readable(found, shown), ensure_ascii=False, default=str))
        return
    click.echo(f"{title}. {meaning}")
    _tell_contents(found, shown)
    for check in found.checks:
        mark = {"ok": "+", "failed": "-"}.get(check.outcome, "?")
        detail = f" ({check.detail})" if check.detail else ""
        click.echo(f"  {mark} {wording.STEPS[check.step]}: {wording.reason(check.code)}{detail}")


def _tell_contents(found: Verdict, shown: display.Shown) -> None:
    if found.is_authentic:
        click.echo(f"  {shown.name} · {shown.issuer} <{shown.issuer_id}> · {shown.awarded_at}")


def _machine_readable(found: Verdict, shown: display.Shown) -> dict[str, Any]:
    return {
        "state": found.state,
        "valid": found.state == "valid",
        "reason": found.reason,
        "issuer": checking.issuer_id(found.document),
        "name": shown.name,
        "checks": [
            {"step": check.step, "outcome": check.outcome, "code": check.code}
            for check in found.checks
        ],
    }


commands: list[click.Command] = [credential, issuer]
