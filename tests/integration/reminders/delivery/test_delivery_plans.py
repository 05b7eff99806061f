"""How PostgreSQL finds the rows of a send, where its statistics know little of them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.catalog import Channel
from services.reminders.core.outbound import Claim, Priority
from services.reminders.database.precompiled import Precompiled, array_text, driver_of, values_of
from services.reminders.delivery.storage import attempts
from services.reminders.delivery.storage import finish_attempts as endings
from services.reminders.delivery.storage.attempts import begin_statement
from services.reminders.delivery.storage.claims import Claims
from services.reminders.delivery.storage.dispatch_context.rows import messages_statement
from tests.support.reminders.due_messages import DueMessages
from tests.support.reminders.load import Load

LEASE = timedelta(seconds=15)


@pytest.fixture
def claimed(engine: sa.Engine, vault: Vault) -> list[Claim]:
    """Some of many that are claimed, of patients nobody has counted yet."""
    load = Load(DueMessages(engine, vault), 800)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # An analyze of an empty table keeps what it knew of the columns: other tests' clinics.
        forget = sa.text("delete from pg_statistic where starelid = 'reminders.outbound'::regclass")
        connection.execute(forget)
        connection.execute(sa.text("vacuum analyze reminders.outbound"))
    load.remind()
    return Claims(engine, uuid4(), LEASE).claim(Channel.SMS, Priority.NORMAL, 800)[:16]


def test_a_send_begins_at_the_keys_of_its_messages(
    engine: sa.Engine, claimed: Sequence[Claim]
) -> None:
    plan = _plan(engine, begin_statement(uuid4(), LEASE), **_wanted(claimed))

    assert "outbound_pkey" in plan, plan
    assert "outbound_lease" not in plan, plan


def test_a_send_ends_at_the_keys_of_its_messages(
    engine: sa.Engine, claimed: Sequence[Claim]
) -> None:
    plan = _plan(engine, endings._ending(attempts._is_held), **_ended(claimed))  # noqa: SLF001 - what the worker runs

    assert "outbound_pkey" in plan, plan
    assert "outbound_lease" not in plan, plan


def test_who_shares_an_address_is_looked_up_by_the_address(
    engine: sa.Engine, claimed: Sequence[Claim]
) -> None:
    plan = _plan(engine, messages_statement(), **_messages(claimed))

    assert "contact_point_address" in plan, plan


def _plan(engine: sa.Engine, statement: Precompiled[Any], **columns: list[Any]) -> str:
    values = {name: array_text(column) for name, column in columns.items()}
    with engine.begin() as connection:
        lines = driver_of(connection).execute(b"explain " + statement.text, values)
        return "\n".join(line for (line,) in lines)


def _keys(claims: Sequence[Claim]) -> dict[str, list[Any]]:
    return {
        "clinic_id": [claim.clinic_id for claim in claims],
        "id": [claim.id for claim in claims],
    }


def _wanted(claims: Sequence[Claim]) -> dict[str, list[Any]]:
    nothing = [None] * len(claims)
    wanted = values_of(
        "want",
        **_keys(claims),
        token=[claim.token for claim in claims],
        provider=["twilio"] * len(claims),
        part=[1] * len(claims),
        text_until=[None] * len(claims),
        ignores_opt_out=[False] * len(claims),
        **dict.fromkeys(("sender_id", "consent_id", "subject_sealed", "body_sealed"), nothing),
    )
    return wanted | values_of("known", **_keys(claims), address_index=[b"index"] * len(claims))


def _ended(claims: Sequence[Claim]) -> dict[str, list[Any]]:
    return values_of(
        "ended",
        **_keys(claims),
        attempt_id=[claim.id for claim in claims],
        token=[claim.token for claim in claims],
        state=["ACCEPTED"] * len(claims),
        outcome=["ACCEPTED"] * len(claims),
        code=[None] * len(claims),
        reason=[None] * len(claims),
        provider_reference=["reference"] * len(claims),
        wait_seconds=[0.0] * len(claims),
        spent=[0] * len(claims),
    )


def _messages(claims: Sequence[Claim]) -> dict[str, list[Any]]:
    return values_of(
        "want",
        **_keys(claims),
        patient_id=[claim.patient_id for claim in claims],
        contact_point_id=[claim.contact_point_id for claim in claims],
        enrollment_id=[claim.enrollment_id for claim in claims],
        channel=[claim.channel.value for claim in claims],
        purpose=[claim.purpose.value for claim in claims],
    )
