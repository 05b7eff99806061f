"""What operators and the traffic itself decide: holds, providers' standing, and who did what.

These belong to the whole installation and to no clinic, so their keys do not start with one.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    Named,
    Text,
    TypedColumns,
)

from services.contracts.catalog import Channel
from services.reminders.core.breaker import Circuit
from services.reminders.database.columns import INSTANT, SCHEMA, OneOf, table


class HoldColumns(TypedColumns):
    """Messages that match every given column wait; None matches all."""

    id: Named[int] = Column(BigInteger, Identity(always=True), primary_key=True)
    clinic_id: Named[int | None] = Column(BigInteger, ForeignKey(f"{SCHEMA}.clinic.id"))
    channel: Named[Channel | None] = Column(OneOf(Channel))
    provider: Named[str | None] = Column(Text)
    plan: Named[str | None] = Column(Text)
    plan_version: Named[int | None] = Column(sa.Integer)  # given: that version is withdrawn
    reason: Named[str] = Column(Text)
    placed_by: Named[str] = Column(Text)
    placed_at: Named[datetime] = Column(INSTANT)
    released_by: Named[str | None] = Column(Text)
    released_at: Named[datetime | None] = Column(INSTANT)


hold = table(
    "hold",
    HoldColumns,
    CheckConstraint("(released_by is null) = (released_at is null)", name="released"),
    Index("hold_standing", "id", postgresql_where=sa.text("released_at is null")),
)


class OperationColumns(TypedColumns):
    """What an operator did, to which messages, and why; append-only."""

    id: Named[int] = Column(BigInteger, Identity(always=True), primary_key=True)
    kind: Named[str] = Column(Text)
    actor: Named[str] = Column(Text)
    reason: Named[str] = Column(Text)
    filters: Named[str] = Column(Text)  # JSON
    affected: Named[int] = Column(BigInteger)
    at: Named[datetime] = Column(INSTANT)


operation = table("operation", OperationColumns)


class ProviderStateColumns(TypedColumns):
    """The durable copy of what Redis knows; `open_until` and `moved_at` are real time."""

    channel: Named[Channel] = Column(OneOf(Channel), primary_key=True)
    provider: Named[str] = Column(Text, primary_key=True)
    circuit: Named[Circuit] = Column(OneOf(Circuit), server_default=Circuit.CLOSED.value)
    open_until: Named[datetime | None] = Column(INSTANT)
    weight: Named[float] = Column(sa.Double)
    moved_at: Named[datetime] = Column(INSTANT)


provider_state = table(
    "provider_state",
    ProviderStateColumns,
    CheckConstraint("weight > 0", name="weight"),
)


class ProviderChangeColumns(TypedColumns):
    """How traffic moved between providers, and why; append-only."""

    id: Named[int] = Column(BigInteger, Identity(always=True), primary_key=True)
    channel: Named[Channel] = Column(OneOf(Channel))
    provider: Named[str] = Column(Text)
    at: Named[datetime] = Column(INSTANT)
    code: Named[str] = Column(Text)
    weight: Named[float | None] = Column(sa.Double)


provider_change = table(
    "provider_change",
    ProviderChangeColumns,
    Index("provider_change_at", "channel", "at"),
)


class ReadingRulesColumns(TypedColumns):
    """The rules by which replies are read, compressed; at most one row."""

    is_current: Named[bool] = Column(sa.Boolean, primary_key=True, server_default=sa.true())
    content_hash: Named[str] = Column(Text)
    payload: Named[bytes] = Column(sa.LargeBinary)


reading_rules = table(
    "reading_rules",
    ReadingRulesColumns,
    CheckConstraint("is_current", name="is_current"),
)
