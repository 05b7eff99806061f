from datetime import timedelta

import pytest
import sqlalchemy as sa

from services.chassis.clock import LAST, advance, product_now, read_clock, set_rate


def test_product_time_moves_forward_by_what_it_is_advanced(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        before = read_clock(connection)
        after = advance(connection, timedelta(days=1))

    assert after.product - before.product == timedelta(days=1)


def test_product_time_never_goes_back(engine: sa.Engine) -> None:
    with engine.begin() as connection, pytest.raises(ValueError, match="never goes back"):
        advance(connection, timedelta(seconds=-1))


def test_product_time_runs_at_its_rate_from_the_moment_it_is_set(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        before = set_rate(connection, 17_280)
    with engine.begin() as connection:
        after = read_clock(connection)

    passed = (after.product - before.product) / (after.real - before.real)
    assert passed == pytest.approx(17_280, rel=1e-3)


def test_changing_the_rate_makes_no_jump(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        before = read_clock(connection).product
        after = set_rate(connection, 1_000).product

    assert after == before


@pytest.mark.parametrize("rate", [0, -1, 1e99, float("nan")])
def test_refuses_a_rate_that_would_stop_or_break_the_clock(engine: sa.Engine, rate: float) -> None:
    with engine.begin() as connection, pytest.raises(ValueError, match="above 0"):
        set_rate(connection, rate)


def test_product_time_cannot_leave_the_century(engine: sa.Engine) -> None:
    with engine.begin() as connection, pytest.raises(ValueError, match="ends in 2099"):
        advance(connection, timedelta(days=40_000))


def test_a_fast_clock_left_alone_for_ages_stands_still_at_its_end(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        connection.execute(
            sa.text("update chassis.clock set real_at = '2000-01-01', rate = 100000")
        )

        assert set_rate(connection, 1).product == LAST


def test_an_index_can_be_searched_by_product_time(engine: sa.Engine) -> None:
    due = sa.Table(
        "due", sa.MetaData(schema="chassis"), sa.Column("at", sa.DateTime(timezone=True))
    )
    with engine.connect() as connection:
        due.create(connection)
        connection.execute(sa.text("create index on chassis.due (at)"))
        connection.execute(sa.text("set local enable_seqscan = off"))
        query = sa.select(due).where(due.c.at <= product_now)
        sql = query.compile(connection, compile_kwargs={"literal_binds": True})
        plan = "\n".join(connection.execute(sa.text(f"explain {sql}")).scalars())

    assert "Index Cond" in plan
