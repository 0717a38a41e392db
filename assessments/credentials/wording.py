"""The words for every answer of a check."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

STATES: dict[str, tuple[LazyString, LazyString, str]] = {
    "valid": (
        _l("Real and valid"),
        _l("The issuer signed exactly this, and has not withdrawn it."),
        "success",
    ),
    "expired": (
        _l("Real, but expired"),
        _l("The issuer signed exactly this. The period for which it counts is over."),
        "warning",
    ),
    "not_yet_valid": (
        _l("Real, but not valid yet"),
        _l("The issuer signed exactly this. The period for which it counts has not begun."),
        "warning",
    ),
    "revoked": (
        _l("Revoked"),
        _l("The issuer signed this and withdrew it later. It does not count any more."),
        "danger",
    ),
    "suspended": (
        _l("Suspended"),
        _l("The issuer signed this and withdrew it for now. Ask the issuer, or check again later."),
        "warning",
    ),
    "unknown": (
        _l("We cannot say"),
        _l("Something that is needed for the check could not be found. That is not a refusal."),
        "warning",
    ),
    "refused": (
        _l("Not a proof that can be trusted"),
        _l("Do not rely on it. Below is what was wrong."),
        "danger",
    ),
}
"""State: title, what it means, kind of notice."""

STEPS: dict[str, LazyString] = {
    "well_formed": _l("Form"),
    "kind": _l("Kind"),
    "issuer": _l("Issuer"),
    "signature": _l("Signature"),
    "window": _l("Period"),
    "status": _l("Withdrawn?"),
}

OUTCOMES: dict[str, tuple[LazyString, str]] = {
    "ok": (_l("Good"), "success"),
    "failed": (_l("Not good"), "danger"),
    "unknown": (_l("Unknown"), "warning"),
}

_NO_SIGNATURE = _l("It cannot be covered by a signature: a term in it is not defined.")
_STATUS_UNREADABLE = _l("The issuer's list of withdrawn proofs cannot be read or trusted.")

REASONS: dict[str, LazyString] = {
    "well_formed": _l("Everything in it is covered by the signature."),
    "is_badge": _l("It is an Open Badges 3.0 credential."),
    "issuer_found": _l("The issuer's public keys are known."),
    "signature_right": _l("The issuer signed exactly this text; not one character was changed."),
    "in_window": _l("Today is in the period for which it counts."),
    "no_status": _l("The issuer cannot withdraw this kind of proof."),
    "not_revoked": _l("The issuer has not revoked it."),
    "not_suspended": _l("The issuer has not suspended it."),
    "too_large": _l("It is too large (64 kilobytes, 3000 values). No proof is that large."),
    "too_deep": _l("It is nested too deeply."),
    "not_json": _l(
        "This is not JSON. Paste the whole text of the proof, or upload the .json file."
    ),
    "not_object": _l(
        "This is JSON, but not a proof. Paste the whole text, with both outer braces."
    ),
    "duplicate_key": _l("A name occurs twice in it, so that it can be read in two ways."),
    "unsafe_number": _l("It holds a number that not all software reads the same."),
    "unsafe_character": _l("It holds a character that not all software reads the same."),
    "undefined_term": _NO_SIGNATURE,
    "relative_reference": _l("It holds a reference that is not complete."),
    "not_an_iri": _l("It holds a reference or language that is not written as it should be."),
    "unknown_context": _l(
        "It uses a vocabulary that we do not know, so that it cannot be checked."
    ),
    "not_as_issued": _l("It is not, letter for letter, what the issuer signed."),
    "context_feature": _l("It redefines words in a way that cannot be checked safely."),
    "not_json_ld": _l("Its vocabulary is not right (JSON-LD)."),
    "nothing_said": _l("It says nothing."),
    "too_many_blank_nodes": _l("It has too many parts without a name."),
    "not_vc_2": _l("It is not a Verifiable Credential of version 2.0, the form that we can check."),
    "not_a_badge": _l("It is a credential, but not an Open Badges 3.0 credential."),
    "no_achievement": _l("It names no achievement."),
    "incomplete": _l("A date or identifier is missing or not readable."),
    "issuer_not_supported": _l(
        "The issuer has no did:web or did:key name, so that it has no keys."
    ),
    "issuer_unknown": _l("This issuer is not one of ours, and we look up no others here."),
    "issuer_unavailable": _l("The issuer's keys could not be fetched."),
    "not_did_web": _l("The issuer's name is not written as it should be."),
    "not_did_key": _l("The issuer's name is not a key that we can use."),
    "did_document_of_other": _l("The issuer's document belongs to another."),
    "key_unknown": _l("It was signed with a key that the issuer does not know."),
    "key_not_allowed": _l("It was signed with a key that the issuer does not use for proofs."),
    "key_not_supported": _l("It was signed with a kind of key that we cannot check."),
    "key_revoked": _l("It was signed with a key that the issuer has withdrawn."),
    "signed_by_other": _l("It was signed by somebody else than the issuer."),
    "no_proof": _l("It has no signature."),
    "too_many_proofs": _l("It has too many signatures."),
    "malformed_proof": _l("Its signature is not complete."),
    "other_cryptosuite": _l(
        "It is signed in a way that we cannot check (we know eddsa-rdfc-2022)."
    ),
    "other_purpose": _l("Its signature was made for another purpose."),
    "signature_wrong": _l("The text was changed after it was signed, or the signature is false."),
    "expired": _l("The period for which it counts is over."),
    "not_yet_valid": _l("The period for which it counts has not begun."),
    "revoked": _l("The issuer has revoked it."),
    "suspended": _l("The issuer has suspended it."),
    "status_unavailable": _l("The issuer's list of withdrawn proofs could not be read just now."),
    "status_list_refused": _STATUS_UNREADABLE,
    "status_list_malformed": _STATUS_UNREADABLE,
    "status_list_too_short": _STATUS_UNREADABLE,
    "status_purpose_differs": _STATUS_UNREADABLE,
    "index_out_of_range": _STATUS_UNREADABLE,
    "status_not_supported": _l("Whether it was withdrawn is kept in a way that we cannot read."),
}

ADMIN_REASONS: list[tuple[str, LazyString]] = [
    ("error", _l("It was awarded by mistake")),
    ("misconduct", _l("Fraud or misconduct")),
    ("withdrawn", _l("The holder asked for it")),
    ("key_compromise", _l("The signing key leaked")),
    ("replaced", _l("It was replaced by another proof")),
]
"""For administrators only; the reason is never shown in public."""

AWARD_STATES: dict[str, tuple[LazyString, str]] = {
    "considered": (_l("Being signed"), "info"),
    "signed": (_l("Valid"), "success"),
    "suspended": (_l("Suspended"), "warning"),
    "revoked": (_l("Revoked"), "danger"),
}


ASSESSMENT_TYPES: dict[str, LazyString] = {
    "testing": _l("Test"),
    "application of a skill": _l("Application of a skill"),
    "portfolio": _l("Portfolio"),
    "recognition of prior learning": _l("Recognition of prior learning"),
}
PARTICIPATION_TYPES: dict[str, LazyString] = {
    "online": _l("Online"),
    "onsite or blended": _l("On site, or partly online"),
    "volunteering": _l("Volunteering"),
    "work experience": _l("Work experience"),
    "personalized learning activities": _l("Personal learning activities"),
}
SUPERVISION_TYPES: dict[str, LazyString] = {
    "unsupervised with no identity verification": _l("No supervision, identity not checked"),
    "supervised with no identity verification": _l("Supervised, identity not checked"),
    "supervised online": _l("Supervised online"),
    "onsite with identity verification": _l("On site, identity checked"),
}


def reason(code: str) -> LazyString | str:
    """Return the sentence for this code."""
    return REASONS.get(code, code)
