"""Why a launch is refused, in words for the person who sees it."""

from flask_babel import lazy_gettext as _l

from lti_app.core.errors import DomainError

_BACK = _l("Go back to your course and open the activity again.")


class LaunchRefused(DomainError):
    """A login or launch that we do not trust. Nothing of it is stored."""

    code = "launch_refused"
    status = 400
    title = _l("The launch from your learning platform is not right")
    advice = _BACK


class UnknownPlatform(LaunchRefused):
    """No registration for this issuer and client."""

    code = "unknown_platform"
    status = 403
    title = _l("This learning platform is not connected yet")
    advice = _l("Ask the administrator of your learning platform to connect it.")


class PlatformSuspended(UnknownPlatform):
    """The registration was suspended by an administrator."""

    code = "platform_suspended"
    title = _l("The connection with this learning platform has been stopped")
    advice = _l("Ask the administrator of your learning platform what to do.")


class StateUnknown(LaunchRefused):
    """The login was never begun, used already, or too long ago."""

    code = "launch_expired"
    title = _l("This launch was used already, or took too long")


class BrowserNotProved(LaunchRefused):
    """Another browser than the one that began the login, or one that keeps no cookies."""

    code = "browser_not_proved"
    status = 403
    title = _l("Your browser did not keep what we need to recognise it")
    advice = _l(
        "Open the activity in a new tab, or allow cookies for this site, and open it again "
        "from your course."
    )


class TokenInvalid(LaunchRefused):
    """Signature, issuer, audience, nonce or times do not hold."""

    code = "token_invalid"
    status = 401
    title = _l("The message of your learning platform cannot be trusted")


class TokenExpired(TokenInvalid):
    """Right signature, wrong moment."""

    code = "token_expired"
    title = _l("The message of your learning platform is too old, or its clock is wrong")


class ClaimsInvalid(LaunchRefused):
    """A claim that LTI requires is missing or has a wrong shape."""

    code = "claims_invalid"
    title = _l("The message of your learning platform misses something that it must hold")
    advice = _l("Give the code below to the administrator of your learning platform.")


class KeysUnavailable(LaunchRefused):
    """The platform's keys could not be fetched, or do not hold the key that signed."""

    code = "keys_unavailable"
    status = 401
    title = _l("The keys of your learning platform cannot be checked right now")
    advice = _l("Wait a minute, then open the activity again from your course.")


class DeploymentPending(LaunchRefused):
    """The deployment is new; an administrator must approve it."""

    code = "deployment_pending"
    status = 403
    title = _l("This connection still has to be approved")
    advice = _l("The administrator has been shown the request. Try again later.")


class DeploymentBlocked(DeploymentPending):
    """The deployment was blocked."""

    code = "deployment_blocked"
    title = _l("This connection has been blocked")
    advice = _l("Ask the administrator of your learning platform what to do.")


class PlatformRefused(LaunchRefused):
    """The platform answered our login with an error of its own (OpenID Connect 3.1.2.6)."""

    code = "platform_refused"
    title = _l("Your learning platform did not let you through")
    advice = _l("Sign in to your learning platform again and open the activity once more.")
