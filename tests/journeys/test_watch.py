"""What a running installation tells about itself, on PostgreSQL and Valkey."""

import re
import time

import pytest
import requests

from tests.support.stack import Stack

pytestmark = pytest.mark.services


def test_beat_and_worker_give_signs_of_life(stack_postgresql: Stack) -> None:
    deadline = time.monotonic() + 90
    while True:
        told = requests.get(f"{stack_postgresql.tool}/metrics", timeout=20).text
        found = re.search(r"^expeditie_heartbeat_age_seconds (\S+)$", told, re.MULTILINE)
        if found:
            break
        assert time.monotonic() < deadline, "no sign of life from beat and worker"
        time.sleep(1)
    assert requests.get(f"{stack_postgresql.tool}/readyz", timeout=20).status_code == 200
