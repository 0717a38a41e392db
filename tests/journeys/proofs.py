"""Judging a downloaded proof: with our own command, and with software that nobody here wrote."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import requests

from assessments.credentials import documents
from tests.support.stack import Stack

ROOT = Path(__file__).parents[2]
CONTEXTS = (documents.VC_V2, documents.OB_V3, documents.OB_EXTENSIONS, documents.DID_V1)


def by_command(stack: Stack, file: Path) -> tuple[int, str]:
    """Return the exit status of `expeditie credential verify` and what it said."""
    run = stack.expeditie("credential", "verify", str(file))
    return run.returncode, run.stdout + run.stderr


def by_others(stack: Stack, credential: dict[str, Any]) -> dict[str, Any]:
    """Return what the npm verifier finds, with what the issuer publishes on the web."""
    node = Path(sys.executable).with_name("node")
    given = {url: documents.context(url) for url in (*CONTEXTS, documents.MULTIKEY_V1)}
    listed = credential["credentialStatus"]["statusListCredential"]
    given[listed] = _published(listed)
    given[_issuer(credential)] = _published(f"{stack.tool}/issuers/mlo-delta/did.json")
    run = subprocess.run(
        [str(node if node.exists() else "node"), str(ROOT / "tests" / "npm" / "verify.mjs")],
        input=json.dumps({"credential": credential, "documents": given}),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    answer: dict[str, Any] = json.loads(run.stdout)
    return answer


def _issuer(credential: dict[str, Any]) -> str:
    issuer = credential["issuer"]
    return str(issuer["id"] if isinstance(issuer, dict) else issuer)


def _published(url: str) -> Any:
    answer = requests.get(url, headers={"Accept": "application/vc+ld+json"}, timeout=20)
    answer.raise_for_status()
    return answer.json()
