import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.incoming import RecordReceipt
from services.contracts.words import ReceiptState
from services.gateway.intake.forwarder import IntakeUnavailable
from services.gateway.storage.intake import StoredIntake
from services.gateway.storage.tables import dropped_receipt, intake


def receipt(reference: str) -> Callable[[datetime], RecordReceipt]:
    return lambda now: RecordReceipt(
        provider="post",
        provider_reference=reference,
        state=ReceiptState.DELIVERED,
        provider_state="delivered",
        received_at=now,
    )


@pytest.fixture
def stored(engine: sa.Engine, vault: Vault) -> StoredIntake:
    return StoredIntake(engine, vault)


def references(stored: StoredIntake) -> list[str | None]:
    with stored.claim(10) as claimed:
        return [getattr(item.payload, "provider_reference", None) for item in claimed.items]


def test_hands_out_what_was_kept_oldest_first(stored: StoredIntake) -> None:
    for reference in "abc":
        stored.keep(receipt(reference))
    assert references(stored) == ["a", "b", "c"]


def test_wakes_whoever_waits_after_the_commit(stored: StoredIntake) -> None:
    seen: list[list[str | None]] = []
    stored.on_commit(lambda: seen.append(references(stored)))
    stored.keep(receipt("a"))
    assert seen == [["a"]]


def test_keeps_nothing_of_a_receipt_that_could_not_be_made(stored: StoredIntake) -> None:
    def fail(_now: datetime) -> RecordReceipt:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        stored.keep(fail)
    assert references(stored) == []


def test_no_two_forwarders_hold_the_same_row(stored: StoredIntake) -> None:
    stored.keep(receipt("a"))
    with stored.claim(10) as first, stored.claim(10) as second:
        assert (len(first.items), len(second.items)) == (1, 0)


def test_rows_are_there_again_when_the_work_is_cut_off(stored: StoredIntake) -> None:
    def cut_off() -> None:
        with stored.claim(10) as claimed:
            claimed.remove([item.id for item in claimed.items])
            raise KeyboardInterrupt

    stored.keep(receipt("a"))
    with pytest.raises(KeyboardInterrupt):
        cut_off()
    assert references(stored) == ["a"]


def test_waits_longer_after_each_attempt_but_no_longer_than_a_minute(
    stored: StoredIntake, engine: sa.Engine
) -> None:
    stored.keep(receipt("a"))
    waits: list[timedelta] = []
    for _ in range(9):
        with stored.claim(10) as claimed:
            claimed.put_off([item.id for item in claimed.items])
        with engine.begin() as connection:
            row = connection.execute(sa.select(intake.c.not_before, sa.func.now())).one()
            waits.append(row[0] - row[1])
            connection.execute(sa.update(intake).values(not_before=sa.func.now()))
    seconds = [round(wait.total_seconds()) for wait in waits]
    assert seconds == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_a_row_that_cannot_be_read_stands_in_nobodys_way(
    stored: StoredIntake, engine: sa.Engine, index_keys: str
) -> None:
    lost_key = "k9:" + base64.b64encode(b"9" * 32).decode()
    StoredIntake(engine, Vault.from_settings(lost_key, index_keys)).keep(receipt("lost"))
    stored.keep(receipt("a"))
    assert references(stored) == ["a"]
    with engine.connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(intake)).scalar() == 2


def test_says_that_the_database_is_away(vault: Vault) -> None:
    nowhere = sa.create_engine("postgresql+psycopg://x:y@127.0.0.1:1/z")
    with pytest.raises(IntakeUnavailable), StoredIntake(nowhere, vault).claim(1):
        raise AssertionError("there is nothing to claim")


def test_stamps_what_comes_in_with_product_time(stored: StoredIntake) -> None:
    stored.keep(receipt("a"))
    with stored.claim(1) as claimed:
        (item,) = claimed.items
    assert isinstance(item.payload, RecordReceipt)
    assert abs(item.payload.received_at - datetime.now(UTC)) < timedelta(minutes=1)  # noqa: TID251 - compared with the wall


def test_counts_the_receipts_it_drops(stored: StoredIntake, engine: sa.Engine) -> None:
    for reference in "ab":
        stored.keep(receipt(reference))
        with stored.claim(10) as claimed:
            claimed.drop(claimed.items)
    with engine.connect() as connection:
        counted = connection.execute(sa.select(dropped_receipt.c.provider, dropped_receipt.c.count))
        assert [tuple(row) for row in counted] == [("post", 2)]
    assert references(stored) == []


def test_knows_how_old_a_row_is_and_how_often_it_was_tried(
    stored: StoredIntake, engine: sa.Engine
) -> None:
    stored.keep(receipt("a"))
    with engine.begin() as connection:
        old = sa.func.now() - timedelta(days=1)
        connection.execute(sa.update(intake).values(received_at=old, attempts=4))
    with stored.claim(10) as claimed:
        (item,) = claimed.items
    assert (item.attempts, round(item.age_seconds / 3600)) == (4, 24)
