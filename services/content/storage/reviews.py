"""Clinicians' sign-offs in PostgreSQL. The names of clinicians are sealed."""

from collections.abc import Collection, Mapping
from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.clock import product_now
from services.chassis.vault import Vault
from services.content.storage.tables import sign_off
from services.contracts.catalog import AftercarePlan
from services.contracts.content import DEMO_ACTOR, PlanReview, SignOffPlan, SignOffReadingRules
from services.contracts.words import Mode

READING_RULES: Final = "replies/"
"""Stands for a plan's slug in sign-offs of the rules for reading replies. No slug has a slash."""

_REVIEWER: Final = "content.sign_off.reviewer"
_REGISTRATION: Final = "content.sign_off.registration"
_FOR_LIVE: Final = sign_off.c.mode == Mode.LIVE
_BY_DEMO: Final = sign_off.c.signed_by == DEMO_ACTOR


class ReviewRepository:
    """In production only sign-offs with live keys count.

    A database that began in development may also hold those of the demo and of test keys.
    """

    def __init__(self, connection: sa.Connection, vault: Vault, *, is_production: bool) -> None:
        self._connection = connection
        self._vault = vault
        self._counting = _FOR_LIVE if is_production else sa.true()

    def find(self, keys: Collection[tuple[int, str]]) -> dict[tuple[int, str], PlanReview]:
        """Return reviews by clinic and content hash."""
        if not keys:
            return {}
        rows = self._connection.execute(
            sa.select(sign_off).where(
                sa.tuple_(sign_off.c.clinic_id, sign_off.c.content_hash).in_(keys), self._counting
            )
        )
        return {(row.clinic_id, row.content_hash): self._review(row) for row in rows}

    def add(self, plan: AftercarePlan, signed: SignOffPlan) -> PlanReview:
        """Store a sign-off, unless the same content was signed before.

        A later one replaces the demo's, and a live one replaces one of another mode.
        """
        row = {
            "plan": plan.slug,
            "version": plan.version,
            "overlay_version": plan.overlay_version,
            "content_hash": plan.content_hash,
        }
        return self._add(row, signed)

    def add_of_rules(self, signed: SignOffReadingRules) -> PlanReview:
        """Store a sign-off of the rules for reading replies, as one of a plan is stored."""
        row = {
            "plan": READING_RULES,
            "version": 0,
            "overlay_version": 0,
            "content_hash": signed.content_hash,
        }
        return self._add(row, signed)

    def _add(
        self, row: Mapping[str, object], signed: SignOffPlan | SignOffReadingRules
    ) -> PlanReview:
        statement = insert(sign_off).values(
            **row,
            clinic_id=signed.clinic_id,
            reviewer_sealed=self._vault.seal_text(signed.reviewer, context=_REVIEWER),
            registration_sealed=signed.registration
            and self._vault.seal_text(signed.registration, context=_REGISTRATION),
            signed_by=signed.actor,
            mode=signed.mode,
            reviewed_at=product_now,
        )
        own = ("reviewer_sealed", "registration_sealed", "signed_by", "mode", "reviewed_at")
        new = statement.excluded
        self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=[sign_off.c.clinic_id, sign_off.c.content_hash],
                set_={name: new[name] for name in own},
                where=(_BY_DEMO & (new.signed_by != DEMO_ACTOR))
                | (sa.not_(_FOR_LIVE) & (new.mode == Mode.LIVE)),
            )
        )
        key = (signed.clinic_id, str(row["content_hash"]))
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
