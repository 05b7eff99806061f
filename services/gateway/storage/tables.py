"""The gateway's tables: API keys, intake rows that are not forwarded yet, and its inbox.

Receipts of unknown messages are counted by provider and day.
"""

import sqlalchemy as sa

from services.chassis.inbox import inbox_table

metadata = sa.MetaData(schema="gateway")

_INSTANT = sa.DateTime(timezone=True)

api_key = sa.Table(
    "api_key",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("clinic_id", sa.BigInteger),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("mode", sa.Text, nullable=False),
    sa.Column("hash", sa.LargeBinary, nullable=False, unique=True),
    sa.Column("prefix", sa.Text, nullable=False),
    sa.Column("created_at", _INSTANT, nullable=False, server_default=sa.func.now()),
    sa.Column("revoked_at", _INSTANT),
    sa.Column("person_sealed", sa.LargeBinary),
)

intake = sa.Table(
    "intake",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True, server_default=sa.func.gen_random_uuid()),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("provider", sa.Text, nullable=False),
    sa.Column("payload_sealed", sa.LargeBinary, nullable=False),
    sa.Column("received_at", _INSTANT, nullable=False, server_default=sa.func.now()),
    sa.Column("attempts", sa.Integer, nullable=False, server_default=sa.text("0")),
    sa.Column("not_before", _INSTANT, nullable=False, server_default=sa.func.now()),
    sa.Index("intake_not_before_idx", "not_before", "received_at"),
)

dropped_receipt = sa.Table(
    "dropped_receipt",
    metadata,
    sa.Column("provider", sa.Text, primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("count", sa.BigInteger, nullable=False),
)

inbox = inbox_table(metadata)
