"""The 61 official audits of the npm package graphql-http, asked of a running gateway."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.processes.optional_tools import is_missing
from tests.support.processes.stack import Stack

ROOT = Path(__file__).parents[2]
SCRATCH = ROOT / ".scratch"

pytestmark = pytest.mark.long


def need_the_audits() -> None:
    """Skip where the audits are not installed; where all tools must be, fail."""
    if shutil.which("node") and (SCRATCH / "node_modules" / "graphql-http").exists():
        return
    is_missing("graphql-http (node; npm install --prefix .scratch graphql-http graphql)")


def test_passes_every_audit_of_graphql_over_http() -> None:
    need_the_audits()
    with Stack() as stack:
        script = ROOT / "tests" / "contract" / "audits.mjs"
        asked = subprocess.run(  # noqa: S603 - our own script
            [  # noqa: S607 - the node that is on the path
                "node",
                str(script),
                str(SCRATCH),
                stack.graphql_url,
                f"Bearer {stack.key}",
            ],
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )
    results = json.loads(asked.stdout)

    assert len(results) == 61
    assert [result for result in results if result["status"] != "ok"] == []
