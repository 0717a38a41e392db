"""What those who run it must see of credentials: lists that end, keys that grow old."""

from collections.abc import Iterable
from datetime import timedelta

from prometheus_client.core import GaugeMetricFamily

from assessments.credentials import queries
from lti_app.core.clock import utcnow
from lti_app.core.metrics import gauge, seconds_between

ALARM_BEFORE = timedelta(hours=48)
"""Lists are signed anew every 20 hours and count for a week: this late, nobody looked for days."""


def check() -> str:
    """Return "ok" when every published list counts for two more days, else what is wrong."""
    ends = queries.first_end_of_lists()
    return "expires_soon" if ends is not None and ends - utcnow() < ALARM_BEFORE else "ok"


def gauges() -> Iterable[GaugeMetricFamily]:
    """Return how long the published lists count, and how old the oldest issuer key is."""
    now = utcnow()
    yield gauge(
        "expeditie_status_list_seconds_left",
        "How long the published status list that ends first still counts",
        seconds_between(now, queries.first_end_of_lists()),
    )
    yield gauge(
        "expeditie_signing_key_age_seconds",
        "Age of the oldest issuer key that signs",
        seconds_between(queries.oldest_active_key(), now),
    )
