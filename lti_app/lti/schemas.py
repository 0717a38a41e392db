"""What comes in at the login and launch addresses."""

from marshmallow import EXCLUDE, Schema, fields, validate

from lti_app.core.schema import Text


class LoginForm(Schema):
    """OpenID Connect third-party initiated login, with LTI's additions (Core 1.3, 5.1.1.1)."""

    class Meta:
        """Platforms may add parameters of their own."""

        unknown = EXCLUDE

    iss = Text(255, required=True, minimum=1)
    login_hint = Text(4000, required=True, minimum=1)
    target_link_uri = Text(2000, required=True, minimum=1)
    client_id = Text(255, load_default="")
    lti_message_hint = Text(16_000, load_default=None, lines=True)
    lti_storage_target = fields.String(
        load_default=None, validate=validate.Regexp(r"^[A-Za-z0-9_.:-]{1,100}\Z")
    )


class LaunchForm(Schema):
    """The authentication response (form post)."""

    class Meta:
        """Platforms may add parameters of their own."""

        unknown = EXCLUDE

    state = Text(200, required=True, minimum=1)
    id_token = fields.String(required=True, validate=validate.Length(1, 64 * 1024))


class ProofForm(Schema):
    """The page that asked the platform's storage posts what it got."""

    class Meta:
        """Nothing else matters."""

        unknown = EXCLUDE

    ticket = Text(200, required=True, minimum=1)
    value = Text(200, load_default="")
