"""Many patients of one clinic, each with one address and one consent, and messages for them.

Rows are copies of those that `DueMessages` makes, so that a new column needs no word here.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from services.chassis.clock import product_now
from services.contracts.catalog import Channel
from services.contracts.words import ReminderStatus
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.tables import (
    consent,
    contact_point,
    enrollment,
    outbound,
    patient,
)
from tests.support.reminders.due_messages import DueMessages


class Person(msgspec.Struct, frozen=True):
    patient_id: int
    contact_id: int
    consent_id: int
    enrollment_id: int
    phone: str


class Load:
    """People with phone numbers from `first` on, counted up; or with these addresses."""

    def __init__(
        self,
        due: DueMessages,
        count: int,
        *,
        first: int = 0,
        channel: Channel = Channel.SMS,
        addresses: Sequence[str] | None = None,
    ) -> None:
        self.due = due
        self.channel = channel
        phones = addresses or [phone(first + n) for n in range(count)]
        with due.engine.begin() as connection:
            patients = copy_row(connection, patient, due.patient_id, count)
            contacts = copy_row(
                connection, contact_point, due.contact_ids[channel], count,
                patient_id=patients,
                address_sealed=[
                    due.vault.seal_text(phone, context=contexts.ADDRESS) for phone in phones
                ],
                address_index=[due.index(channel, phone) for phone in phones],
            )  # fmt: skip
            consents = copy_row(
                connection, consent, due.consent_ids[channel], count,
                patient_id=patients, contact_point_id=contacts,
            )  # fmt: skip
            enrollments = copy_row(
                connection, enrollment, due.enrollment_id, count, patient_id=patients
            )
        self.people = [
            Person(*columns)
            for columns in zip(patients, contacts, consents, enrollments, phones, strict=True)
        ]

    def remind(
        self,
        step: int = 0,
        *,
        due_in: timedelta = timedelta(minutes=-1),
        over: timedelta = timedelta(0),
    ) -> list[int]:
        """One reminder each, due evenly `over` a time from `due_in` on; their ids in order."""
        first = self.due.remind(step, channel=self.channel, due_in=due_in)
        with self.due.engine.begin() as connection:
            ids = copy_row(
                connection, outbound, first, len(self.people),
                patient_id=[person.patient_id for person in self.people],
                contact_point_id=[person.contact_id for person in self.people],
                consent_id=[person.consent_id for person in self.people],
                enrollment_id=[person.enrollment_id for person in self.people],
            )  # fmt: skip
            place = (outbound.c.id - ids[0]) * (over / max(1, len(ids)))
            connection.execute(
                sa.update(outbound)
                .where(outbound.c.clinic_id == self.due.clinic_id, outbound.c.id.in_(ids))
                .values(due_at=outbound.c.due_at + place)
            )
            connection.execute(
                sa.delete(outbound).where(
                    outbound.c.clinic_id == self.due.clinic_id, outbound.c.id == first
                )
            )
        return ids

    def plan_far_ahead(self, copies: int) -> None:
        """Give each person so many reminders that fall due over the next months: a full table."""
        names = [column.name for column in outbound.c if column.name != "id"]
        first = self.due.remind(9, due_in=timedelta(days=1))
        spread = {
            "patient_id": "p.patient_id", "contact_point_id": "p.contact_id",
            "consent_id": "p.consent_id", "enrollment_id": "p.enrollment_id",
            "step_key": "'later-' || cast(:batch as text) || '-' || n",
            "due_at": "o.due_at + n * interval '1 day' + (p.patient_id % 3600) * interval '1 s'",
            "useful_until": "o.useful_until + n * interval '1 day'",
        }  # fmt: skip
        selected = ", ".join(spread.get(name, f"o.{name}") for name in names)
        people = ("patient_id", "contact_id", "consent_id", "enrollment_id")
        with self.due.engine.begin() as connection:
            connection.execute(sa.text("set local statement_timeout = 0"))
            # Only how full the table is matters, and checking four keys a row takes minutes.
            connection.execute(sa.text("set local session_replication_role = replica"))
            connection.execute(
                sa.text(
                    f"insert into reminders.outbound ({', '.join(names)}) select {selected}"  # noqa: S608 - our own names
                    f" from reminders.outbound o, generate_series(1, :copies) n, unnest("
                    f"{', '.join(f'cast(:{name} as bigint[])' for name in people)})"
                    f" as p({', '.join(people)}) where o.id = :first"
                ),
                {"copies": copies, "first": first, "batch": str(first)}
                | {name: [getattr(person, name) for person in self.people] for name in people},
            )
            connection.execute(
                sa.delete(outbound).where(
                    outbound.c.clinic_id == self.due.clinic_id, outbound.c.id == first
                )
            )


def phone(number: int) -> str:
    return f"+1202{number:07}"


def copy_row(
    connection: sa.Connection,
    table: sa.Table,
    like: int,
    count: int,
    **changed: Sequence[Any],
) -> list[int]:
    """Copy the row with the id `like`, with these columns of each copy; the new ids in order."""
    columns = [column.name for column in table.c if column.name != "id"]
    values = {"place": list(range(count)), **changed}
    types = {name: sa.BigInteger() if name == "place" else table.c[name].type for name in values}
    new_values = sa.func.unnest(
        *(sa.bindparam(f"g_{name}", list(values[name]), type_=ARRAY(types[name])) for name in types)
    ).table_valued(*(sa.column(name, types[name]) for name in types), name="new_values")
    new_values = new_values.render_derived()
    copied = (
        sa.select(*(new_values.c[name] if name in changed else table.c[name] for name in columns))
        .where(table.c.id == like)
        .join_from(table, new_values, sa.true())
        .order_by(new_values.c.place)
    )
    statement = sa.insert(table).from_select(columns, copied).returning(table.c.id)
    return sorted(connection.execute(statement).scalars())


def states(due: DueMessages) -> dict[ReminderStatus, int]:
    """How many messages there are in each state, those far ahead left out."""
    statement = (
        sa.select(outbound.c.state, sa.func.count())
        .where(outbound.c.due_at <= product_now + sa.text("interval '1 hour'"))
        .group_by(outbound.c.state)
    )
    with due.engine.connect() as connection:
        return {row[0]: row[1] for row in connection.execute(statement)}
