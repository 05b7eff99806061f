"""The product's clock, which development can move and speed up. It never goes back.

Due times, windows and usefulness are product time. Leases, retries and rates are real time, which
is the database's `now()`.
"""

from datetime import UTC, datetime, timedelta

import msgspec
import sqlalchemy as sa

FASTEST = 100_000
"""Seconds of product time in a second, so that a day takes 0.9 s."""

LAST = datetime(2099, 12, 31, tzinfo=UTC)
"""The end of product time, and the latest instant that the product accepts."""

_clock = sa.table(
    "clock",
    sa.column("product_at", sa.DateTime(timezone=True)),
    sa.column("real_at", sa.DateTime(timezone=True)),
    sa.column("rate", sa.Double),
    schema="chassis",
)

product_now: sa.Function[datetime] = sa.func.chassis.product_now(type_=sa.DateTime(timezone=True))
"""The product's time in a statement."""


class ClockReading(msgspec.Struct, frozen=True):
    """`rate`: seconds of product time in a second of real time."""

    product: datetime
    real: datetime
    rate: float


def read_clock(connection: sa.Connection) -> ClockReading:
    row = connection.execute(
        sa.select(
            product_now,
            sa.func.now(type_=sa.DateTime(timezone=True)),
            _clock.c.rate,
        )
    ).one()
    return ClockReading(row[0], row[1], row[2])


def advance(connection: sa.Connection, by: timedelta) -> ClockReading:
    """Move product time forward. Raises ValueError for a step back, or beyond LAST."""
    if by < timedelta(0):
        raise ValueError("the product's clock never goes back")
    if by > LAST - read_clock(connection).product:
        raise ValueError(f"the product's clock ends in {LAST.year}")
    connection.execute(
        sa.update(_clock).values(
            product_at=product_now + sa.literal(by, sa.Interval()), real_at=sa.func.now()
        )
    )
    return read_clock(connection)


def set_rate(connection: sa.Connection, rate: float) -> ClockReading:
    """Let product time run `rate` times as fast from now on.

    Raises ValueError unless the rate is above 0 and at most FASTEST.
    """
    if not 0 < rate <= FASTEST:
        raise ValueError(f"the clock's rate must be above 0, and at most {FASTEST}")
    connection.execute(
        sa.update(_clock).values(product_at=product_now, real_at=sa.func.now(), rate=rate)
    )
    return read_clock(connection)
