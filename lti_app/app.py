"""Making the application; reads like a table of contents."""

from datetime import timedelta

from flask import Flask
from flask.typing import ResponseReturnValue
from werkzeug.middleware.proxy_fix import ProxyFix

from config.settings import Settings
from lti_app import landing, wiring
from lti_app.core import db as database
from lti_app.core import events, jobs, outbound, outbox, sealed
from lti_app.core.db import unit_of_work
from lti_app.lti import landing as launch_landing
from lti_app.web import assets, errors, i18n, security, sessions, shell


class Expeditie(Flask):
    """Flask, with one transaction around every view: returning commits, raising rolls back."""

    def dispatch_request(self) -> ResponseReturnValue:
        """Screen, prove the session, and run the view in one unit of work."""
        with unit_of_work():
            security.screen()
            sessions.load_for_request()
            i18n.forget_choice()
            return super().dispatch_request()


def create_app(settings: Settings) -> Expeditie:
    """Return the whole application for these settings."""
    app = Expeditie("lti_app", static_folder="web/static", template_folder="web/templates")
    _configure(app, settings)
    database.install(app)
    sealed.install(app, settings.master_key)
    outbound.install(
        app, public_url=settings.public_url, allow_private_hosts=settings.allow_private_hosts
    )
    _install_web(app)
    _install_work(app, settings)
    wiring.register_kinds()
    for blueprint in wiring.BLUEPRINTS:
        app.register_blueprint(blueprint)
    for command in wiring.COMMANDS:
        app.cli.add_command(command)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    app.extensions["expeditie_settings"] = settings
    app.extensions["expeditie_readiness"] = wiring.READINESS
    app.extensions["expeditie_gauges"] = wiring.GAUGES
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(settings),
        PREFERRED_URL_SCHEME="https" if settings.public_url.startswith("https") else "http",
        TEMPLATES_AUTO_RELOAD=settings.env == "development",
        BABEL_DEFAULT_LOCALE="nl",
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    settings.instance_path.mkdir(parents=True, exist_ok=True)
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, hops, hops, hops, hops)  # type: ignore[method-assign]


def _engine_options(settings: Settings) -> dict[str, object]:
    if settings.database_url.startswith("sqlite"):
        return {"connect_args": {"timeout": 15}}
    return {"pool_size": 5, "max_overflow": 10, "pool_pre_ping": True, "pool_recycle": 1800}


def _install_web(app: Flask) -> None:
    security.install(app)
    sessions.install(app)
    i18n.install(app)
    assets.install(app)
    shell.install(app, wiring.NAV)
    errors.install(app)


def _install_work(app: Flask, settings: Settings) -> None:
    events.configure(wiring.SUBSCRIPTIONS)
    celery = jobs.make_celery(app, settings.broker_url, settings.instance_path, wiring.PERIODIC)
    lease = timedelta(seconds=settings.outbox_lease)
    outbox.configure(app, wiring.OUTBOX, jobs.wake_by(celery), lease)
    launch_landing.configure(app, landing.land)
