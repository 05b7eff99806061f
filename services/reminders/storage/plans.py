"""Plans as they were when somebody was enrolled in them."""

from collections.abc import Collection, Mapping

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.contracts.catalog import AftercarePlan
from services.reminders.storage.tables import hold, plan_version

_KEPT = 512
Versions = dict[tuple[int, int], AftercarePlan]


class PlanTable:
    def __init__(self, connection: sa.Connection, decoded: Versions) -> None:
        """`decoded` is kept between transactions: rows never change and ids are never reused."""
        self._connection = connection
        self._decoded = decoded

    def pin(self, clinic_id: int, plan: AftercarePlan) -> int:
        same = (
            plan_version.c.clinic_id == clinic_id,
            plan_version.c.slug == plan.slug,
            plan_version.c.version == plan.version,
            plan_version.c.overlay_version == 0,
            plan_version.c.locale == plan.served_locale,
            plan_version.c.content_hash == plan.content_hash,
        )
        find = sa.select(plan_version.c.id).where(*same)
        kept = self._connection.execute(find).scalar()
        if kept is not None:
            return kept
        self._connection.execute(
            insert(plan_version)
            .values(
                clinic_id=clinic_id,
                slug=plan.slug,
                version=plan.version,
                overlay_version=0,
                locale=plan.served_locale,
                content_hash=plan.content_hash,
                content=msgspec.msgpack.encode(plan),
            )
            .on_conflict_do_nothing()
        )
        return self._connection.execute(find).scalar_one()

    def is_withdrawn(self, plan: AftercarePlan) -> bool:
        standing = sa.exists().where(
            hold.c.plan == plan.slug,
            hold.c.plan_version == plan.version,
            hold.c.released_at.is_(None),
        )
        return self._connection.execute(sa.select(standing)).scalar_one()

    def get(self, keys: Collection[tuple[int, int]]) -> Mapping[tuple[int, int], AftercarePlan]:
        found = {key: plan for key in set(keys) if (plan := self._decoded.get(key)) is not None}
        missing = set(keys) - found.keys()
        if missing:
            found |= self._read(missing)
            if len(self._decoded) > _KEPT:
                self._decoded.clear()
            self._decoded.update(found)
        return found

    def _read(self, keys: Collection[tuple[int, int]]) -> Versions:
        rows = self._connection.execute(
            sa.select(plan_version.c.clinic_id, plan_version.c.id, plan_version.c.content).where(
                sa.tuple_(plan_version.c.clinic_id, plan_version.c.id).in_(keys)
            )
        )
        return {
            (row.clinic_id, row.id): msgspec.msgpack.decode(row.content, type=AftercarePlan)
            for row in rows
        }
