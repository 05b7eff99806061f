"""How PostgreSQL looks for what is due, where its statistics were taken while nothing was."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.catalog import Channel
from services.contracts.words import ReminderStatus
from services.reminders.core.outbound import Priority
from services.reminders.database.precompiled import Precompiled, driver_of
from services.reminders.database.tables import outbound
from services.reminders.database.unit_of_work import in_index_order
from services.reminders.delivery.storage.claims import Claims, Due
from tests.support.reminders.due_messages import DueMessages
from tests.support.reminders.load import copy_row

CLAIM: dict[str, Any] = {"channel": Channel.SMS.value, "lane": Priority.NORMAL.value, "most": 64}


@pytest.fixture
def due(engine: sa.Engine, vault: Vault) -> DueMessages:
    messages = DueMessages(engine, vault)
    first = messages.remind()
    _copy(engine, first, "sent")
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.update(outbound).values(state=ReminderStatus.ACCEPTED))
        connection.execute(sa.text("vacuum analyze reminders.outbound"))
    _copy(engine, messages.remind(1), "due")
    return messages


def _copy(engine: sa.Engine, first: int, name: str) -> None:
    with engine.begin() as connection:
        copy_row(connection, outbound, first, 800, step_key=[f"{name}-{n}" for n in range(800)])


@pytest.mark.parametrize(
    ("which", "more"), [("_longest_due", {}), ("_fair", {"after": 0, "quota": 64})]
)
def test_claims_without_sorting_all_that_is_due(
    due: DueMessages, which: str, more: dict[str, int]
) -> None:
    claims = Claims(due.engine, uuid4(), timedelta(seconds=15))

    assert "Sort" not in _plan(due.engine, vars(claims)[which], **CLAIM, **more)


def test_probes_each_priority_by_its_index(due: DueMessages) -> None:
    assert "Sort" not in (plan := _plan(due.engine, vars(Due(due.engine))["_probe"]))
    assert "using outbound_due" in plan


def _plan(engine: sa.Engine, statement: Precompiled[Any], **values: object) -> str:
    with in_index_order(engine) as connection:
        lines = driver_of(connection).execute(b"explain " + statement.text, values)
        return "\n".join(line for (line,) in lines)
