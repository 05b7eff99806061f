"""What all repositories of a transaction share. Each room's unit of work adds its repositories."""

from collections.abc import Callable
from datetime import datetime
from functools import cache, cached_property

import sqlalchemy as sa

from services.chassis import clock
from services.chassis.vault import Vault
from services.contracts.catalog import AftercarePlan
from services.contracts.events import Event
from services.reminders.database.audit_log import AuditRepository
from services.reminders.database.idempotency import IdempotencyStore
from services.reminders.database.precompiled import Precompiled
from services.reminders.database.repository import repository

PlanVersions = dict[tuple[int, int], AftercarePlan]
"""Decoded plans by (clinic id, plan version id). They never change, so they are cached."""


class UnitOfWork:
    """One transaction. `announce` publishes an event after the transaction has committed."""

    idempotency = repository(IdempotencyStore)

    def __init__(
        self,
        connection: sa.Connection,
        vault: Vault,
        plan_versions: PlanVersions,
        announce: Callable[[Event], None],
    ) -> None:
        self.connection = connection
        self.vault = vault
        self.plan_versions = plan_versions
        self.announce = announce

    def now(self) -> datetime:
        """The product time, which is the same throughout the transaction."""
        return self._now

    @cached_property
    def _now(self) -> datetime:
        return product_time(self.connection)

    @cached_property
    def audit(self) -> AuditRepository:
        return AuditRepository(self.connection)


def product_time(connection: sa.Connection) -> datetime:
    """Read the product's now."""
    return _time()(connection)[0]


@cache
def _time() -> Precompiled[datetime]:
    return Precompiled(sa.select(clock.product_now), lambda at: at)
