"""Plans as they were when patients were enrolled in them."""

from collections.abc import Collection, Mapping
from functools import cache

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.contracts.catalog import AftercarePlan
from services.reminders.database.precompiled import Precompiled, parameter
from services.reminders.database.tables import hold, plan_version

_KEPT = 512
_PINNED = ("slug", "version", "overlay_version", "locale", "content_hash")
PlanVersions = dict[tuple[int, int], AftercarePlan]


class PlanRepository:
    def __init__(self, connection: sa.Connection, decoded: PlanVersions) -> None:
        """`decoded` is kept between transactions: rows never change and ids are never reused."""
        self._connection = connection
        self._decoded = decoded

    def pin(self, clinic_id: int, plan: AftercarePlan) -> int:
        """Store a plan as it is now; the same content is stored once."""
        pinned = {
            "clinic_id": clinic_id,
            "slug": plan.slug,
            "version": plan.version,
            "overlay_version": plan.overlay_version,
            "locale": plan.served_locale,
            "content_hash": plan.content_hash,
        }
        for kept in _finding()(self._connection, **pinned):
            return kept
        self._connection.execute(
            insert(plan_version)
            .values(**pinned, content=msgspec.msgpack.encode(plan))
            .on_conflict_do_nothing()
        )
        return _finding()(self._connection, **pinned)[0]

    def is_withdrawn(self, plan: AftercarePlan) -> bool:
        """Whether this version of a plan was recalled."""
        return _withdrawn()(self._connection, slug=plan.slug, version=plan.version)[0]

    def get(self, keys: Collection[tuple[int, int]]) -> Mapping[tuple[int, int], AftercarePlan]:
        """Find pinned plans by (clinic id, plan version id)."""
        plans = {key: plan for key in set(keys) if (plan := self._decoded.get(key)) is not None}
        missing = set(keys) - plans.keys()
        if missing:
            plans |= self._read(missing)
            if len(self._decoded) > _KEPT:
                self._decoded.clear()
            self._decoded.update(plans)
        return plans

    def _read(self, keys: Collection[tuple[int, int]]) -> PlanVersions:
        rows = self._connection.execute(
            sa.select(plan_version.c.clinic_id, plan_version.c.id, plan_version.c.content).where(
                sa.tuple_(plan_version.c.clinic_id, plan_version.c.id).in_(keys)
            )
        )
        return {
            (row.clinic_id, row.id): msgspec.msgpack.decode(row.content, type=AftercarePlan)
            for row in rows
        }


@cache
def _withdrawn() -> Precompiled[bool]:
    standing = sa.exists().where(
        hold.c.plan == parameter("slug", sa.Text),
        hold.c.plan_version == parameter("version", sa.Integer),
        hold.c.released_at.is_(None),
    )
    return Precompiled(sa.select(standing), bool)


@cache
def _finding() -> Precompiled[int]:
    return Precompiled(
        sa.select(plan_version.c.id).where(
            plan_version.c.clinic_id == parameter("clinic_id", sa.BigInteger),
            *(
                plan_version.c[name] == parameter(name, plan_version.c[name].type)
                for name in _PINNED
            ),
        ),
        int,
    )
