"""The one wiring file: literals that say who listens, who delivers, what kinds there are."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import click
from flask import Blueprint
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from prometheus_client.core import GaugeMetricFamily

from assessments import block as assessment_block
from assessments.attempts import views as attempt_views
from assessments.attempts.events import AttemptHandedIn, AttemptMarked
from assessments.credentials import cli as credential_cli
from assessments.credentials import handlers as credentials
from assessments.credentials import panel as credential_panel
from assessments.credentials import proof_views
from assessments.credentials import views as credential_views
from assessments.credentials import watch as credential_watch
from assessments.datasets.pipette_gravimetric import PipetteGravimetric
from assessments.datasets.registry import GENERATORS
from assessments.gradebook import handlers as gradebook
from assessments.gradebook import views as gradebook_views
from assessments.gradebook.events import AssessmentPassed
from assessments.items import pages as item_pages
from assessments.items.registry import ITEM_TYPES
from assessments.items.types.choice import Choice
from assessments.items.types.match import Match
from assessments.items.types.numeric import Numeric
from assessments.items.types.order import Order
from assessments.items.types.table import Table
from assessments.marking import handlers as marking
from lti_app.admin import cli as admin_cli
from lti_app.admin import views as admin_views
from lti_app.core import heartbeat, watch
from lti_app.core.jobs import Periodic
from lti_app.core.outbox import MessageGivenUp
from lti_app.lti import cli as lti_cli
from lti_app.lti import grades as lti_grades
from lti_app.lti import periodic as lti_periodic
from lti_app.lti import tool_keys
from lti_app.lti import views as lti_views
from lti_app.lti.events import GradesGranted
from lti_app.people import cli as people_cli
from lti_app.people import views as people_views
from lti_app.privacy import cli as privacy_cli
from lti_app.privacy import retention
from lti_app.privacy import views as privacy_views
from lti_app.web import handover, health, phone, style
from modules.authoring import cli as module_cli
from modules.authoring.events import ModuleVersionPublished
from modules.blocks import pages as block_pages
from modules.blocks.registry import BLOCK_TYPES
from modules.blocks.types.hazards import HazardsBlock
from modules.blocks.types.protocol_step import ProtocolStepBlock
from modules.blocks.types.text import TextBlock
from modules.catalogue import views as catalogue_views
from modules.learning import panels
from modules.learning import views as learning_views
from modules.learning.events import ModuleCompleted
from modules.picker import views as picker_views

BLUEPRINTS: tuple[Blueprint, ...] = (
    health.bp,
    style.bp,
    handover.bp,
    phone.bp,
    people_views.bp,
    lti_views.bp,
    block_pages.bp,
    catalogue_views.bp,
    learning_views.bp,
    picker_views.bp,
    item_pages.bp,
    attempt_views.bp,
    gradebook_views.bp,
    credential_views.bp,
    proof_views.bp,
    admin_views.bp,
    privacy_views.bp,
)

NAV: Mapping[str, Sequence[tuple[LazyString | str, str]]] = {
    "learner": (
        (_l("My module"), "learning.overview"),
        (_l("My proofs"), "proof.mine"),
    ),
    "teacher": (
        (_l("Class"), "gradebook.class_page"),
        (_l("Module"), "learning.overview"),
        (_l("Choose module"), "picker.choose"),
    ),
    "deep_linking": (),
    "admin": (
        (_l("Console"), "admin.home"),
        (_l("Awarded proofs"), "proof.awards"),
        (_l("People"), "privacy.people"),
    ),
    "public": (
        (_l("Modules"), "catalogue.index"),
        (_l("Check a proof"), "credentials.verify"),
    ),
}

SUBSCRIPTIONS: dict[type[Any], tuple[Callable[[Any], None], ...]] = {
    ModuleVersionPublished: (credentials.on_module_version_published,),
    MessageGivenUp: (lti_grades.on_given_up,),
    GradesGranted: (gradebook.on_grades_granted,),
    AttemptHandedIn: (marking.on_handed_in,),
    AttemptMarked: (gradebook.on_marked,),
    AssessmentPassed: (assessment_block.on_passed,),
    ModuleCompleted: (gradebook.on_module_completed, credentials.post_consideration),
}

OUTBOX: dict[str, Callable[[dict[str, Any]], None]] = {
    lti_grades.TOPIC: lti_grades.send_score,
    credentials.CONSIDER: credentials.consider,
    "credential.issue": credentials.issue,
    "status.publish": credentials.publish_status,
}

PERIODIC: tuple[Periodic, ...] = (
    Periodic("heartbeat", heartbeat.beat, every=heartbeat.EVERY),
    Periodic("purge", lti_periodic.purge, every=timedelta(minutes=10)),
    Periodic("retention", retention.run, every=timedelta(days=1)),
    Periodic("status-lists", credentials.refresh_status_lists, every=credentials.REFRESH_EVERY),
)

COMMANDS: tuple[click.Command, ...] = (
    *people_cli.commands,
    *lti_cli.commands,
    *module_cli.commands,
    *credential_cli.commands,
    *privacy_cli.commands,
    *admin_cli.commands,
)

READINESS: dict[str, Callable[[], str]] = {
    "keys": tool_keys.check,
    "status_lists": credential_watch.check,
}

GAUGES: tuple[Callable[[], Iterable[GaugeMetricFamily]], ...] = (
    watch.gauges,
    tool_keys.gauges,
    credential_watch.gauges,
)


def register_kinds() -> None:
    """Fill the registries of kinds; may be done again for another application."""
    BLOCK_TYPES.configure(
        (
            TextBlock(),
            HazardsBlock(),
            ProtocolStepBlock(),
            assessment_block.DatasetBlock(),
            assessment_block.AssessmentBlock(),
        )
    )
    ITEM_TYPES.configure((Choice(), Order(), Match(), Numeric(), Table()))
    GENERATORS.configure((PipetteGravimetric(),))
    panels.configure((credential_panel.panel,))
