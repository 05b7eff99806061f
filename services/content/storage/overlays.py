"""Clinics' own values in PostgreSQL, and the results of applying them to plans."""

import zlib
from collections.abc import Collection
from datetime import datetime
from typing import Final, TypeVar

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.content.domain.clinic_values import Outcome, Overlay
from services.content.storage.tables import applied_plan, overlay
from services.contracts.catalog import AftercarePlan
from services.contracts.content import Problem

T = TypeVar("T")

_PLANS: Final = dict[str, AftercarePlan]
_CONFLICTS: Final = tuple[Problem, ...]


class OverlayRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def in_use(self, clinic_id: int | None = None) -> tuple[Overlay, ...]:
        """Return what one clinic uses, or all of them, in the order of clinic and plan."""
        query = sa.select(overlay).where(overlay.c.is_in_use)
        if clinic_id is not None:
            query = query.where(overlay.c.clinic_id == clinic_id)
        rows = self._connection.execute(query.order_by(overlay.c.clinic_id, overlay.c.plan))
        return tuple(_overlay(row) for row in rows)

    def in_use_for(self, keys: Collection[tuple[int, str]]) -> tuple[Overlay, ...]:
        if not keys:
            return ()
        is_asked = sa.tuple_(overlay.c.clinic_id, overlay.c.plan).in_(keys)
        rows = self._connection.execute(sa.select(overlay).where(overlay.c.is_in_use, is_asked))
        return tuple(_overlay(row) for row in rows)

    def use(self, clinic_id: int, plan: str, name: str, text: str, put_at: datetime) -> Overlay:
        """Use these values from now on, in place of earlier ones."""
        self.stop_using(clinic_id, plan)
        is_own = sa.and_(overlay.c.clinic_id == clinic_id, overlay.c.plan == plan)
        last = sa.select(sa.func.coalesce(sa.func.max(overlay.c.version), 0)).where(is_own)
        row = self._connection.execute(
            sa.insert(overlay)
            .values(
                clinic_id=clinic_id,
                plan=plan,
                version=last.scalar_subquery() + 1,
                name=name,
                text=text,
                put_at=put_at,
                is_in_use=True,
            )
            .returning(*overlay.c)
        ).one()
        return _overlay(row)

    def stop_using(self, clinic_id: int, plan: str) -> bool:
        """Stop using the values, which stay stored. Returns False if none were in use."""
        result = self._connection.execute(
            sa.update(overlay)
            .where(overlay.c.clinic_id == clinic_id, overlay.c.plan == plan, overlay.c.is_in_use)
            .values(is_in_use=False)
        )
        return result.rowcount > 0

    def keep(self, applied: Overlay, outcome: Outcome) -> None:
        """Store the result of applying the values to a plan, in place of an earlier result."""
        result = {
            "plan_version": outcome.plan_version,
            "content_hash": outcome.content_hash,
            "plans": _packed(outcome.plans) if outcome.plans else None,
            "misfits": _packed(outcome.conflicts) if outcome.conflicts else None,
        }
        self._connection.execute(
            insert(applied_plan)
            .values(
                clinic_id=applied.clinic_id,
                plan=applied.plan,
                overlay_version=applied.version,
                base_hash=outcome.base_hash,
                **result,
            )
            .on_conflict_do_update(constraint="laid_plan_pkey", set_=result)
        )

    def outcomes(
        self, overlays: Collection[Overlay], base_hashes: Collection[str]
    ) -> dict[Overlay, Outcome]:
        """Return the stored result of applying each overlay to a plan with one of these hashes."""
        by_key = {
            (applied.clinic_id, applied.plan, applied.version): applied for applied in overlays
        }
        key = sa.tuple_(
            applied_plan.c.clinic_id, applied_plan.c.plan, applied_plan.c.overlay_version
        )
        if not by_key:
            return {}
        rows = self._connection.execute(
            sa.select(applied_plan).where(
                key.in_(by_key), applied_plan.c.base_hash.in_(base_hashes)
            )
        )
        return {
            by_key[row.clinic_id, row.plan, row.overlay_version]: Outcome(
                base_hash=row.base_hash,
                plan_version=row.plan_version,
                content_hash=row.content_hash,
                plans=_unpacked(row.plans, _PLANS) if row.plans else {},
                conflicts=_unpacked(row.misfits, _CONFLICTS) if row.misfits else (),
            )
            for row in rows
        }


def _overlay(row: sa.Row[*tuple[object, ...]]) -> Overlay:
    return Overlay(row.clinic_id, row.plan, row.version, row.name, row.text, row.put_at)


def _packed(value: object) -> bytes:
    return zlib.compress(msgspec.msgpack.encode(value))


def _unpacked(packed: bytes, kind: type[T]) -> T:
    return msgspec.msgpack.decode(zlib.decompress(packed), type=kind)
