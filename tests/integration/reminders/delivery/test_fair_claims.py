from collections import Counter
from datetime import timedelta

import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.catalog import Channel
from services.reminders.core.outbound import OutboundKind, Priority
from services.reminders.database.tables import outbound
from tests.support.reminders.due_messages import DueMessages
from tests.support.reminders.sending import Worker, claim

AN_HOUR_LATE = timedelta(hours=-1)


def remind_often(due: DueMessages, count: int, *, due_in: timedelta = AN_HOUR_LATE) -> None:
    """Corrections, since a step has one reminder."""
    first = due.remind(kind=OutboundKind.CORRECTION, due_in=due_in)
    names = [column.name for column in outbound.c if column.name != "id"]
    many = sa.func.generate_series(2, count).table_valued("n")
    copied = sa.select(*(outbound.c[name] for name in names)).join(many, sa.true())
    with due.engine.begin() as connection:
        connection.execute(
            sa.insert(outbound).from_select(
                names, copied.where(outbound.c.clinic_id == due.clinic_id, outbound.c.id == first)
            )
        )


def test_a_big_clinic_does_not_hold_up_a_small_one(engine: sa.Engine, vault: Vault) -> None:
    big, small = DueMessages(engine, vault, name="Big"), DueMessages(engine, vault, name="Small")
    remind_often(big, 500)
    worker = Worker(engine, vault)
    claim(worker)
    small.remind(due_in=timedelta(0))

    turns = [claimed.clinic_id for _ in range(2) for claimed in claim(worker)]

    assert small.clinic_id in turns


def test_clinics_with_much_to_send_share_what_can_leave(engine: sa.Engine, vault: Vault) -> None:
    clinics = [DueMessages(engine, vault, name=f"Clinic {n}") for n in range(4)]
    for clinic in clinics:
        remind_often(clinic, 200)
    worker = Worker(engine, vault)
    claim(worker, 20)

    claims = Counter(claimed.clinic_id for _ in range(20) for claimed in claim(worker, 20))

    assert max(claims.values()) < 2 * min(claims.values())


def test_the_longest_due_goes_first_when_all_is_on_time(engine: sa.Engine, vault: Vault) -> None:
    big, small = DueMessages(engine, vault, name="Big"), DueMessages(engine, vault, name="Small")
    remind_often(small, 15, due_in=timedelta(seconds=-1))
    remind_often(big, 15, due_in=timedelta(0))
    worker = Worker(engine, vault)

    first = claim(worker)

    assert {item.clinic_id for item in first} == {small.clinic_id}


def test_nothing_is_left_over_by_taking_turns(engine: sa.Engine, vault: Vault) -> None:
    clinics = [DueMessages(engine, vault, name=f"Clinic {n}") for n in range(3)]
    for number, due in enumerate(clinics):
        remind_often(due, 10 + 30 * number)
    worker = Worker(engine, vault)

    claims = [claimed.key for _ in range(30) for claimed in claim(worker)]

    assert len(claims) == len(set(claims)) == 10 + 40 + 70


def test_urgent_messages_take_no_turns(engine: sa.Engine, vault: Vault) -> None:
    due = DueMessages(engine, vault)
    remind_often(due, 30)
    due.remind(1, lane=Priority.URGENT.value)
    worker = Worker(engine, vault)
    claim(worker)

    [urgent] = worker.claims.claim(Channel.SMS, Priority.URGENT, 10)

    assert urgent.step_key == "step-1"
