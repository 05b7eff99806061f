"""Clinicians' sign-offs in PostgreSQL; who signed is sealed."""

from collections.abc import Collection
from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.clock import product_now
from services.chassis.vault import Vault
from services.content.storage.tables import sign_off
from services.contracts.catalog import AftercarePlan
from services.contracts.content import PlanReview, SignOffPlan

_REVIEWER: Final = "content.sign_off.reviewer"
_REGISTRATION: Final = "content.sign_off.registration"


class Reviews:
    """What has been signed off, as one transaction sees it."""

    def __init__(self, connection: sa.Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def find(self, keys: Collection[tuple[int, str]]) -> dict[tuple[int, str], PlanReview]:
        """By clinic and content hash."""
        if not keys:
            return {}
        rows = self._connection.execute(
            sa.select(sign_off).where(
                sa.tuple_(sign_off.c.clinic_id, sign_off.c.content_hash).in_(keys)
            )
        )
        return {(row.clinic_id, row.content_hash): self._review(row) for row in rows}

    def add(self, plan: AftercarePlan, signed: SignOffPlan) -> PlanReview:
        """Keep it, unless the same was signed before: the first stands."""
        self._connection.execute(
            insert(sign_off)
            .values(
                clinic_id=signed.clinic_id,
                content_hash=plan.content_hash,
                plan=plan.slug,
                version=plan.version,
                overlay_version=plan.overlay_version,
                reviewer_sealed=self._vault.seal_text(signed.reviewer, context=_REVIEWER),
                registration_sealed=signed.registration
                and self._vault.seal_text(signed.registration, context=_REGISTRATION),
                signed_by=signed.actor,
                reviewed_at=product_now,
            )
            .on_conflict_do_nothing()
        )
        key = (signed.clinic_id, plan.content_hash)
        return self.find([key])[key]

    def _review(self, row: sa.Row[*tuple[object, ...]]) -> PlanReview:
        registration = row.registration_sealed
        return PlanReview(
            reviewer=self._vault.open_text(row.reviewer_sealed, context=_REVIEWER),
            registration=registration
            and self._vault.open_text(registration, context=_REGISTRATION),
            reviewed_at=row.reviewed_at,
            content_hash=row.content_hash,
        )
