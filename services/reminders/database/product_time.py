from datetime import datetime
from functools import cache

import sqlalchemy as sa

from services.chassis import clock
from services.reminders.database.precompiled import Precompiled


def product_time(connection: sa.Connection) -> datetime:
    """Read the product's now."""
    return _time()(connection)[0]


@cache
def _time() -> Precompiled[datetime]:
    return Precompiled(sa.select(clock.product_now), lambda at: at)
