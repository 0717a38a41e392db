"""Is this credential real, and is it still valid? For ours and for anybody's.

Nothing is fetched here: the caller says where DID documents and status lists come from. Follows
VC Data Model 2.0 section 7.1, VC Data Integrity 1.0 section 4.4, Bitstring Status List 1.0
section 3.2, Open Badges 3.0 section on verification.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from assessments.credentials import data_integrity, did, documents, meaning, status_bits
from assessments.credentials.canonical import canonical_digest
from assessments.credentials.strict_json import NotUsable

LEEWAY = timedelta(seconds=60)
"""Clocks differ."""
BADGE_TYPES = {"OpenBadgeCredential", "AchievementCredential"}
PURPOSES = ("revocation", "suspension")


class Unavailable(Exception):
    """A source could not say; the answer is unknown, which is neither valid nor revoked."""


@dataclass(frozen=True)
class Sources:
    """Where a check may look. Each returns None for what it does not know, or is Unavailable."""

    did_document: Callable[[str], dict[str, Any] | None]
    status_list: Callable[[str], dict[str, Any] | None]
    digest: Callable[[dict[str, Any]], bytes] = canonical_digest
    """How a document is made into what is signed; `template.digest` for our own."""


@dataclass(frozen=True)
class Check:
    """One thing that was looked at; `outcome` is ok, failed or unknown."""

    step: str
    outcome: str
    code: str
    detail: str = ""


@dataclass(frozen=True)
class Verdict:
    """The answer: valid, expired, revoked, suspended, not_yet_valid, unknown or refused.

    `expired` and the like are only said of credentials whose signature is right.
    """

    state: str
    checks: tuple[Check, ...] = ()
    document: dict[str, Any] = field(default_factory=dict)

    @property
    def is_authentic(self) -> bool:
        """Whether the issuer signed exactly this."""
        return self.state not in ("refused", "unknown") or any(
            check.step == "signature" and check.outcome == "ok" for check in self.checks
        )

    @property
    def reason(self) -> str:
        """The code of what decided."""
        wrong = [check for check in self.checks if check.outcome != "ok"]
        return wrong[0].code if wrong else "all_good"


class _Stop(Exception):
    """What follows cannot be looked at."""

    def __init__(self, check: Check) -> None:
        super().__init__(check)
        self.check = check


def check(document: dict[str, Any], sources: Sources, *, now: datetime) -> Verdict:
    """Look at everything that can be looked at, and say what it means."""
    done: list[Check] = []
    try:
        done.append(_well_formed(document, sources))
        done.append(_kind(document))
        controller = _issuer(document, sources, done)
        done.append(_signature(document, controller, sources))
    except _Stop as stop:
        done.append(stop.check)
        state = "unknown" if stop.check.outcome == "unknown" else "refused"
        return Verdict(state, tuple(done), document)
    done.append(_window(document, now))
    done.extend(_statuses(document, sources, now))
    return Verdict(_state(done), tuple(done), document)


def without_answer(error: NotUsable) -> Verdict:
    """Return the verdict on something that is not even a JSON object."""
    return Verdict("refused", (Check("well_formed", "failed", error.code, error.detail),))


def _failed(step: str, code: str, detail: str = "") -> _Stop:
    return _Stop(Check(step, "failed", code, detail))


def _well_formed(document: dict[str, Any], sources: Sources) -> Check:
    """Every statement must be one that a signature can cover."""
    contexts = document.get("@context")
    if not isinstance(contexts, list) or not contexts or contexts[0] != documents.VC_V2:
        raise _failed("well_formed", "not_vc_2")
    try:
        meaning.check(document)
        sources.digest({name: value for name, value in document.items() if name != "proof"})
    except NotUsable as error:
        raise _failed("well_formed", error.code, error.detail) from error
    return Check("well_formed", "ok", "well_formed")


def _kind(document: dict[str, Any]) -> Check:
    """Open Badges 3.0: both types, and the Open Badges context in second place."""
    types = texts(document.get("type"))
    if "VerifiableCredential" not in types or not BADGE_TYPES & set(types):
        raise _failed("kind", "not_a_badge")
    contexts = document["@context"]
    if len(contexts) < 2 or contexts[1] not in documents.OB_CONTEXTS:
        raise _failed("kind", "not_a_badge")
    subject = document.get("credentialSubject")
    if not isinstance(subject, dict) or not isinstance(subject.get("achievement"), dict):
        raise _failed("kind", "no_achievement")
    if not isinstance(document.get("id"), str) or _moment(document, "validFrom") is None:
        raise _failed("kind", "incomplete")
    return Check("kind", "ok", "is_badge")


def _issuer(document: dict[str, Any], sources: Sources, done: list[Check]) -> dict[str, Any]:
    name = issuer_id(document)
    if not name.startswith(("did:web:", "did:key:")):
        raise _failed("issuer", "issuer_not_supported", name)
    controller = _resolve(name, sources)
    done.append(Check("issuer", "ok", "issuer_found", name))
    return controller


def _resolve(name: str, sources: Sources) -> dict[str, Any]:
    try:
        found = did.key_document(name) if name.startswith("did:key:") else None
        found = found or sources.did_document(name)
    except did.BadDid as error:
        raise _failed("issuer", error.code, name) from error
    except Unavailable as error:
        raise _Stop(Check("issuer", "unknown", "issuer_unavailable", str(error))) from error
    if found is None:
        raise _Stop(Check("issuer", "unknown", "issuer_unknown", name))
    return found


def _signature(document: dict[str, Any], controller: dict[str, Any], sources: Sources) -> Check:
    """All proofs of the suite that we know must be right, and there must be one."""
    try:
        found = data_integrity.proofs(document)
        known = [p for p in found if p.get("cryptosuite") == data_integrity.CRYPTOSUITE]
        for proof in known or found:
            _verify(document, proof, controller, sources)
    except data_integrity.BadProof as error:
        raise _failed("signature", error.code) from error
    except did.BadDid as error:
        raise _failed("signature", error.code) from error
    return Check("signature", "ok", "signature_right")


def _verify(
    document: dict[str, Any], proof: dict[str, Any], controller: dict[str, Any], sources: Sources
) -> None:
    data_integrity.check_shape(proof)
    method = str(proof["verificationMethod"])
    issuer = issuer_id(document)
    if method.partition("#")[0] != issuer:
        raise data_integrity.BadProof("signed_by_other")
    public, revoked_at = did.find_key(controller, issuer, method)
    if revoked_at is not None:  # a stolen key can write any date
        raise data_integrity.BadProof("key_revoked")
    data_integrity.verify(document, proof, public, sources.digest)


def _window(document: dict[str, Any], now: datetime) -> Check:
    begins, ends = _moment(document, "validFrom"), _moment(document, "validUntil")
    if "validUntil" in document and ends is None:
        return Check("window", "failed", "incomplete")
    if begins is not None and begins > now + LEEWAY:
        return Check("window", "failed", "not_yet_valid", str(document.get("validFrom")))
    if ends is not None and ends < now - LEEWAY:
        return Check("window", "failed", "expired", str(document.get("validUntil")))
    return Check("window", "ok", "in_window")


def _statuses(document: dict[str, Any], sources: Sources, now: datetime) -> list[Check]:
    entries = document.get("credentialStatus")
    if entries is None:
        return [Check("status", "ok", "no_status")]
    many = entries if isinstance(entries, list) else [entries]
    return [_status(document, entry, sources, now) for entry in many[:4]]


def _status(document: dict[str, Any], entry: Any, sources: Sources, now: datetime) -> Check:
    try:
        purpose, marked = _look_up(document, entry, sources, now)
    except status_bits.BadStatusList as error:
        return Check("status", "unknown", error.code)
    except Unavailable as error:
        return Check("status", "unknown", "status_unavailable", str(error))
    except _Stop as stop:
        return replace(stop.check, step="status", outcome="unknown", code="status_list_refused")
    if marked:
        return Check("status", "failed", "revoked" if purpose == "revocation" else "suspended")
    return Check("status", "ok", f"not_{'revoked' if purpose == 'revocation' else 'suspended'}")


def _look_up(
    document: dict[str, Any], entry: Any, sources: Sources, now: datetime
) -> tuple[str, bool]:
    purpose, index, url = _read_entry(entry)
    listed = sources.status_list(url)
    if listed is None:
        raise Unavailable(url)
    subject = _trusted_list(document, listed, sources, now)
    if subject.get("statusPurpose") not in (purpose, [purpose]):
        raise status_bits.BadStatusList("status_purpose_differs")
    return purpose, status_bits.is_marked(str(subject.get("encodedList")), index)


def _read_entry(entry: Any) -> tuple[str, int, str]:
    if not isinstance(entry, dict) or entry.get("type") != "BitstringStatusListEntry":
        raise status_bits.BadStatusList("status_not_supported")
    purpose, index, url = (
        entry.get(name) for name in ("statusPurpose", "statusListIndex", "statusListCredential")
    )
    if purpose not in PURPOSES or entry.get("statusSize", 1) != 1:
        raise status_bits.BadStatusList("status_not_supported")
    if not isinstance(url, str) or not str(index).isascii() or not str(index).isdecimal():
        raise status_bits.BadStatusList("status_not_supported")
    if len(str(index)) > 9:
        raise status_bits.BadStatusList("index_out_of_range")
    return str(purpose), int(str(index)), url


def _trusted_list(
    document: dict[str, Any], listed: dict[str, Any], sources: Sources, now: datetime
) -> dict[str, Any]:
    """Bitstring Status List 1.0, 3.2: the list is itself a credential, of the same issuer."""
    _well_formed(listed, sources)
    if issuer_id(listed) != issuer_id(document):
        raise _failed("status", "status_list_of_other")
    if "BitstringStatusListCredential" not in texts(listed.get("type")):
        raise _failed("status", "status_not_supported")
    _signature(listed, _resolve(issuer_id(listed), sources), sources)
    if _window(listed, now).outcome != "ok":
        raise Unavailable("status list out of date")
    subject = listed.get("credentialSubject")
    if not isinstance(subject, dict):
        raise status_bits.BadStatusList("status_list_malformed")
    return subject


def _state(done: list[Check]) -> str:
    wrong = [check for check in done if check.outcome == "failed"]
    for code in ("revoked", "suspended", "expired", "not_yet_valid"):
        if any(check.code == code for check in wrong):
            return code
    if wrong:
        return "refused"
    return "unknown" if any(check.outcome == "unknown" for check in done) else "valid"


def issuer_id(document: dict[str, Any]) -> str:
    """Return the issuer's identifier, "" when there is none."""
    issuer = document.get("issuer")
    found = issuer.get("id") if isinstance(issuer, dict) else issuer
    return found if isinstance(found, str) else ""


def texts(value: Any) -> list[str]:
    """Return one or more texts as a list of texts."""
    return [
        item for item in (value if isinstance(value, list) else [value]) if isinstance(item, str)
    ]


def _moment(document: dict[str, Any], name: str) -> datetime | None:
    """Read an xsd:dateTimeStamp; without a zone it is no moment (VC Data Model 2.0, 4.9)."""
    try:
        found = datetime.fromisoformat(str(document.get(name)))
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
