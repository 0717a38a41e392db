"""What Prometheus may know: counts and times, never who."""

from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily

REGISTRY = CollectorRegistry()

OUTBOX_DELIVERED = Counter(
    "expeditie_outbox_delivered", "Messages delivered", ["topic"], registry=REGISTRY
)
OUTBOX_FAILED = Counter(
    "expeditie_outbox_failed", "Deliveries that failed", ["topic", "outcome"], registry=REGISTRY
)
BROKER_FAILURES = Counter(
    "expeditie_broker_failures", "Wake-ups that the broker did not take", registry=REGISTRY
)
REQUESTS = Counter(
    "expeditie_requests",
    "Answers by endpoint and status",
    ["endpoint", "status"],
    registry=REGISTRY,
)
REQUEST_SECONDS = Histogram(
    "expeditie_request_seconds", "Time to answer", ["endpoint"], registry=REGISTRY
)
LAUNCHES = Counter("expeditie_launches", "LTI launches by outcome", ["outcome"], registry=REGISTRY)
KEY_FETCHES = Counter(
    "expeditie_platform_key_fetches", "JWKS fetches by outcome", ["outcome"], registry=REGISTRY
)


def gauge(name: str, text: str, value: float | None) -> GaugeMetricFamily:
    """Return one value as Prometheus takes it; without a sample when it cannot be known now."""
    family = GaugeMetricFamily(name, text)
    if value is not None:
        family.add_metric([], value)
    return family


def seconds_between(earlier: datetime | None, later: datetime | None) -> float | None:
    """Return how long that is; None when one of them never was."""
    if earlier is None or later is None:
        return None
    return (later - earlier).total_seconds()
