import time

import pytest
import sqlalchemy as sa

from services.chassis.database import open_engine


def waits_in_a_transaction(url: str, *, idle_seconds: float) -> int:
    """Compute for half a second between two statements; the second one's result."""
    engine = open_engine(url, application_name="idle", pool_size=1, idle_seconds=idle_seconds)
    try:
        with engine.connect() as connection:
            connection.execute(sa.text("select 1"))
            time.sleep(0.5)
            value: int = connection.execute(sa.text("select 2")).scalar_one()
            return value
    finally:
        engine.dispose()


def test_a_transaction_may_be_idle_for_as_long_as_it_was_allowed(postgres_url: str) -> None:
    assert waits_in_a_transaction(postgres_url, idle_seconds=10) == 2


def test_a_transaction_that_is_idle_for_longer_is_broken_off(postgres_url: str) -> None:
    with pytest.raises(sa.exc.InternalError, match="idle-in-transaction timeout"):
        waits_in_a_transaction(postgres_url, idle_seconds=0.1)
