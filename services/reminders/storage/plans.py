"""Plans as they were when somebody was enrolled in them."""

from collections.abc import Collection, Mapping
from functools import lru_cache

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.contracts.catalog import AftercarePlan
from services.reminders.storage.tables import plan_version


@lru_cache(maxsize=256)
def _decoded(content: bytes) -> AftercarePlan:
    return msgspec.msgpack.decode(content, type=AftercarePlan)


class PlanTable:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

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

    def get(self, keys: Collection[tuple[int, int]]) -> Mapping[tuple[int, int], AftercarePlan]:
        rows = self._connection.execute(
            sa.select(plan_version.c.clinic_id, plan_version.c.id, plan_version.c.content).where(
                sa.tuple_(plan_version.c.clinic_id, plan_version.c.id).in_(set(keys))
            )
        )
        return {(row.clinic_id, row.id): _decoded(row.content) for row in rows}
