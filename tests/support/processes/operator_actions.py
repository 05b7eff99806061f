"""What a person or an operator would do to a running stack, besides asking the gateway."""

import json
import urllib.parse
import urllib.request
from typing import Any

import sqlalchemy as sa

from services.chassis.database import open_engine
from tests.support.processes.stack import Stack


def reply(stack: Stack, phone: str, text: str, to: str) -> None:
    """Text from the phone that the sandbox shows."""
    form = urllib.parse.urlencode({"phone": phone, "text": text, "clinic_number": to}).encode()
    with urllib.request.urlopen(f"{stack.sandbox_url}/replies", form, timeout=10) as answer:  # noqa: S310 - our own http address
        assert answer.status == 200


def set_faults(stack: Stack, **faults: Any) -> None:
    """Let the sandbox go wrong on purpose; without arguments it works again."""
    request = urllib.request.Request(  # noqa: S310 - our own http address
        f"{stack.sandbox_url}/faults.json", json.dumps(faults).encode(), method="PUT"
    )
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - same
        assert answer.status == 200


def rows(stack: Stack, sql: str) -> list[Any]:
    """What the database holds; for what the public schema does not show."""
    engine = open_engine(stack.settings["DATABASE_URL"], application_name="test")
    try:
        with engine.connect() as connection:
            result = connection.execute(sa.text(sql))
            return list(result.all()) if result.returns_rows else []
    finally:
        engine.dispose()
