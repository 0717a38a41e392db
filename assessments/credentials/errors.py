"""What can be refused around proofs."""

from flask_babel import lazy_gettext as _l

from lti_app.core.errors import Conflict, NotFound


class NotShared(NotFound):
    """There is no such proof, or its holder has not shared it: outsiders cannot tell which."""

    code = "proof_not_shared"
    title = _l("This proof is not shared")
    advice = _l(
        "Ask the holder to share the proof, or to send you the file. A file can be checked on the "
        "page “Check a proof”."
    )


class NotSignedYet(Conflict):
    """The award is there, its signature is on its way."""

    code = "proof_not_signed_yet"
    title = _l("This proof is being signed")
    advice = _l("Wait a minute and load the page again.")


class WrongState(Conflict):
    """A revoked proof cannot come back, and only a valid one can be suspended."""

    code = "proof_state"
    title = _l("This cannot be done with this proof now")
    advice = _l("Load the page again to see how it is now. A revoked proof stays revoked.")


class CannotSign(Conflict):
    """The issuer's name cannot be reached by others, so that nobody could check the signature."""

    code = "issuer_not_public"
    title = _l("Nobody could check this signature")
    advice = _l("Give the organisation a public did:web, or set the public address of this site.")
