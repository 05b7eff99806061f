"""Every migration goes back and forth on a database that has rows, and loses none."""

import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from psycopg import sql

from services.chassis.database import migrate, migrate_back, open_engine
from services.chassis.vault import Vault
from services.contracts.catalog import Channel
from services.contracts.words import (
    AddressFault,
    Mode,
    ReceiptState,
    ReminderStatus,
    SuppressionReason,
    TaskKind,
)
from services.reminders.database import tables as reminders
from services.reminders.database.traffic_tables import (
    hold,
    operation,
    provider_change,
    provider_state,
)
from tests.support.any_row import add_any_row
from tests.support.processes.servers import servers
from tests.support.reminders.due_messages import LONG_AGO, PHONE, DueMessages
from tests.support.reminders.long_texts import LONG, change_sender, send, write
from tests.support.reminders.sending import Worker

HISTORIES = {
    "content": ("0003", "0002", "0001", "base"),
    "gateway": ("0002", "0001", "base"),
    "reminders": (
        *("0014", "0013", "0012", "0011", "0010", "0009", "0008", "0007", "0006", "0005"),
        *("0004", "0003", "0002", "0001", "base"),
    ),
}
_LATER = timedelta(days=1)
Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture
def url() -> Iterator[str]:
    """A migrated database that no other test ever sees."""
    base, name = servers().postgres_url, f"back_{uuid.uuid4().hex}"
    with psycopg.connect(base + "postgres", autocommit=True) as admin:
        copy = sql.SQL("create database {} template template_afterglow")
        admin.execute(copy.format(sql.Identifier(name)))
        yield base + name
        admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@pytest.fixture
def engine(url: str) -> Iterator[sa.Engine]:
    opened = open_engine(url, application_name="test")
    yield opened
    opened.dispose()


@pytest.fixture
def due(engine: sa.Engine, vault: Vault) -> DueMessages:
    return DueMessages(engine, vault)


def metadata_of(package: str) -> sa.MetaData:
    place = "database" if package == "reminders" else "storage"
    metadata: sa.MetaData = import_module(f"services.{package}.{place}.tables").metadata
    return metadata


def insert(engine: sa.Engine, table: sa.Table, **values: Any) -> None:
    with engine.begin() as connection:
        connection.execute(sa.insert(table).values(**values))


def fill_content(engine: sa.Engine) -> None:
    tables = {table.name: table for table in metadata_of("content").sorted_tables}
    insert(engine, tables["reading_rules"], content_hash="r", payload=b"p")
    insert(
        engine, tables["release"],
        version="1", content_hash="h", published_at=LONG_AGO, payload=b"p",
        reading_rules_hash="r",
    )  # fmt: skip
    insert(engine, tables["current_release"], version="1")
    insert(
        engine, tables["sign_off"],
        clinic_id=1, content_hash="h", plan="s", version=1, overlay_version=0,
        reviewer_sealed=b"r", signed_by="key:1",
                mode="LIVE", reviewed_at=LONG_AGO,
    )  # fmt: skip
    insert(
        engine, tables["plan_version"],
        slug="s", version=1, content_hash="h", first_release="1",
    )  # fmt: skip
    insert(
        engine, tables["overlay"],
        clinic_id=1, plan="s", version=1, name="n", text="t", put_at=LONG_AGO, is_in_use=True,
    )  # fmt: skip
    insert(
        engine, tables["laid_plan"],
        clinic_id=1, plan="s", overlay_version=1, base_hash="h", plan_version=1,
    )  # fmt: skip
    insert(engine, tables["inbox"], command_id="c", kind="K")


def fill_gateway(engine: sa.Engine) -> None:
    tables = {table.name: table for table in metadata_of("gateway").sorted_tables}
    insert(
        engine, tables["api_key"],
        clinic_id=1, role="STAFF", mode="LIVE", hash=b"h", prefix="ag_live_",
        person_sealed=b"p",
    )  # fmt: skip
    insert(engine, tables["intake"], kind="K", provider="p", payload_sealed=b"s")
    insert(engine, tables["dropped_receipt"], provider="p", day=date(2026, 1, 1), count=3)
    insert(engine, tables["inbox"], command_id="c", kind="K")


def fill_reminders(due: DueMessages) -> None:
    """A message in every state, one that was sent again, and a row in every other table."""
    engine, mine = due.engine, {"clinic_id": due.clinic_id}
    sent = due.remind()
    Worker(engine, due.vault).send_batch(Channel.SMS)
    for number, state in enumerate(ReminderStatus, start=1):
        merge_host = sent if state is ReminderStatus.MERGED else None
        due.remind(number, state=state, due_in=_LATER, merged_into=merge_host)
    failed = due.remind(90, state=ReminderStatus.FAILED)
    due.remind(90, retry_of=failed, due_in=_LATER)
    [attempt] = due.rows_of(reminders.delivery_attempt)
    insert(
        engine, reminders.receipt, **mine, attempt_id=attempt.id, state=ReceiptState.UNDELIVERED,
        provider_state="failed", code="", about_address=AddressFault.SOFT_BOUNCE,
        received_at=LONG_AGO,
    )  # fmt: skip
    insert(
        engine, reminders.suppression, **mine, channel=Channel.SMS, since=LONG_AGO,
        address_index=due.index(Channel.SMS, PHONE), reason=SuppressionReason.MANUAL,
        recorded_by="key:1", evidence_sealed=b"e",
    )  # fmt: skip
    insert(
        engine, reminders.inbound_message, **mine, channel=Channel.SMS, provider="twilio",
        provider_message_id="SM1", address_index=b"i", understood_as="UNREAD",
        received_at=LONG_AGO, media=1, answers_id=sent,
    )  # fmt: skip
    insert(
        engine, reminders.staff_task, **mine, kind=TaskKind.OTHER, title="t", opened_at=LONG_AGO,
        holds_sending=True, done_at=LONG_AGO, done_by="key:1",
    )  # fmt: skip
    insert(
        engine, reminders.idempotency, **mine, mode=Mode.LIVE, mutation="m", key="k",
        input_hash=b"h", result_id=1, at=LONG_AGO,
    )  # fmt: skip
    insert(engine, reminders.decision, **mine, outbound_id=sent, at=LONG_AGO, code="PLANNED")
    insert(engine, reminders.inbox, command_id="c", kind="K")
    insert(
        engine, hold, reason="r", placed_by="p", placed_at=LONG_AGO, released_by="p",
        released_at=LONG_AGO,
    )  # fmt: skip
    insert(
        engine, operation,
        kind="k", actor="a", reason="r", filters="{}", affected=1, at=LONG_AGO,
    )  # fmt: skip
    insert(
        engine, provider_state,
        channel=Channel.SMS, provider="p", weight=50.0, moved_at=LONG_AGO,
    )  # fmt: skip
    insert(engine, provider_change, channel=Channel.SMS, provider="p", at=LONG_AGO, code="c")
    fill_what_is_empty(engine)


def fill_what_is_empty(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        for table in reminders.metadata.sorted_tables:
            if connection.execute(sa.select(sa.func.count()).select_from(table)).scalar() == 0:
                add_any_row(connection, table)


def rows(engine: sa.Engine, schema: str) -> Rows:
    """Every row as the database has it now, by table."""
    by_table: Rows = {}
    with engine.connect() as connection:
        for name in sorted(sa.inspect(connection).get_table_names(schema)):
            if name != "migration":
                whole = sa.text(f"select * from {schema}.{name}")  # noqa: S608 - our own names
                mappings = connection.execute(whole).mappings()
                by_table[name] = sorted((dict(row) for row in mappings), key=repr)
    return by_table


def common(first: Rows, second: Rows) -> list[tuple[str, list[dict[str, Any]]]]:
    """Tables and columns that are in both, with what `one` has in them."""
    kept = []
    for name in first.keys() & second.keys():
        columns = _columns(first[name]) & _columns(second[name])
        short = [_comparable(row, columns) for row in first[name]]
        kept.append((name, sorted(short, key=lambda row: repr(sorted(row.items())))))
    return sorted(kept)


def _comparable(row: dict[str, Any], columns: set[str]) -> dict[str, Any]:
    """What no migration may change. Without merging, a merged message is due by itself again."""
    free = {"step_key"}
    if row.get("state") == ReminderStatus.MERGED or row.get("state_reason") == "UNMERGED":
        free |= {"state", "state_reason"}
    return {key: row[key] for key in columns - free}


def _columns(table_rows: list[dict[str, Any]]) -> set[str]:
    return set(table_rows[0]) if table_rows else set()


def fill(package: str, engine: sa.Engine, vault: Vault) -> None:
    if package == "reminders":
        fill_reminders(DueMessages(engine, vault))
    else:
        {"content": fill_content, "gateway": fill_gateway}[package](engine)


@pytest.mark.parametrize("package", HISTORIES)
def test_every_revision_can_be_taken_back_and_made_again_with_rows_there(
    url: str, engine: sa.Engine, vault: Vault, package: str
) -> None:
    fill(package, engine, vault)
    full = rows(engine, package)
    assert [name for name, table_rows in full.items() if not table_rows] == [], (
        "a table without a row"
    )

    for revision in HISTORIES[package]:
        before = rows(engine, package)
        engine.dispose()
        migrate_back(url, package=package, schema=package, revision=revision)
        earlier = rows(engine, package)
        migrate(url, package=package, schema=package)
        after = rows(engine, package)

        assert common(earlier, before) == common(before, earlier)
        assert common(after, earlier) == common(earlier, after)
        assert after.keys() == full.keys()
        assert _difference(engine, package) == []


@pytest.mark.parametrize("package", HISTORIES)
def test_every_revision_is_among_those_that_are_tried(package: str) -> None:
    folder = import_module(f"services.{package}").__path__[0]
    names = sorted(Path(folder).glob("*/migrations/versions/0*.py"))
    assert len(names) == len(HISTORIES[package])


def test_a_standing_hold_is_not_lost_by_going_back(
    url: str, engine: sa.Engine, due: DueMessages
) -> None:
    insert(engine, hold, clinic_id=due.clinic_id, reason="r", placed_by="p", placed_at=LONG_AGO)
    engine.dispose()

    with pytest.raises(sa.exc.DBAPIError, match="holds stand"):
        migrate_back(url, package="reminders", schema="reminders", revision="0002")


def test_a_task_that_holds_sending_is_not_lost_by_going_back(
    url: str, engine: sa.Engine, due: DueMessages
) -> None:
    insert(
        engine, reminders.staff_task, clinic_id=due.clinic_id, kind=TaskKind.UNREAD_REPLY,
        title="t", opened_at=LONG_AGO, holds_sending=True,
    )  # fmt: skip
    engine.dispose()

    with pytest.raises(sa.exc.DBAPIError, match="tasks hold messages back"):
        migrate_back(url, package="reminders", schema="reminders", revision="0003")


def test_a_text_of_which_a_part_has_left_is_not_sent_all_over_by_going_back(
    url: str, engine: sa.Engine, due: DueMessages
) -> None:
    change_sender(due, most_parts=6)
    write(due, due.vault, LONG)
    send(Worker(engine, due.vault))
    engine.dispose()

    with pytest.raises(sa.exc.DBAPIError, match="the rest has not"):
        migrate_back(url, package="reminders", schema="reminders", revision="0013")


def test_a_text_that_left_in_parts_has_one_accepted_attempt_after_going_back(
    url: str, engine: sa.Engine, due: DueMessages
) -> None:
    change_sender(due, most_parts=6)
    write(due, due.vault, LONG)
    send(Worker(engine, due.vault), 3)
    engine.dispose()

    migrate_back(url, package="reminders", schema="reminders", revision="0013")

    outcomes = [row["outcome"] for row in rows(engine, "reminders")["delivery_attempt"]]
    assert sorted(outcomes) == ["ACCEPTED", "REJECTED_FOR_NOW", "REJECTED_FOR_NOW"]


def _difference(engine: sa.Engine, package: str) -> list[Any]:
    options = {
        "version_table": "migration",
        "version_table_schema": package,
        "include_schemas": True,
        "include_name": lambda name, kind, _: kind != "schema" or name == package,
    }
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        differences: list[Any] = compare_metadata(context, metadata_of(package))
    return differences
