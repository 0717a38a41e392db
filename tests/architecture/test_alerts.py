"""The alerts watch what `/metrics` exports, and operations.md says what to do with each."""

import re
from pathlib import Path

import yaml
from flask.testing import FlaskClient

ROOT = Path(__file__).parents[2]
RULES = yaml.safe_load((ROOT / "deploy/alerts.yml").read_text())["groups"][0]["rules"]
OPERATIONS = (ROOT / "docs/operations.md").read_text()


def exported(client: FlaskClient) -> set[str]:
    """Return the names of all metrics; a counter's samples end in `_total`."""
    told = client.get("/metrics").text
    kinds = re.findall(r"^# TYPE (\S+) (\w+)$", told, re.MULTILINE)
    return {name for name, _kind in kinds}


def test_every_alert_watches_metrics_that_exist(client: FlaskClient) -> None:
    names = exported(client)
    for rule in RULES:
        watched = set(re.findall(r"expeditie_\w+", rule["expr"]))
        assert watched <= names, f"{rule['alert']} watches {watched - names}"
        assert watched or rule["expr"].startswith('up{job="expeditie"}')
        assert rule["labels"]["severity"] in ("page", "ticket")


def test_every_alert_has_an_answer_and_every_answer_an_alert() -> None:
    section = OPERATIONS.split("\n## Alerts\n")[1].split("\n## ")[0]
    assert re.findall(r"^- \*\*(\w+)\*\*", section, re.MULTILINE) == [r["alert"] for r in RULES]


def test_every_metric_in_the_manual_exists(client: FlaskClient) -> None:
    named = set(re.findall(r"\bexpeditie_[a-z_]+", OPERATIONS))
    assert named <= exported(client)
    assert len(named) > 8
