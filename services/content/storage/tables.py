"""The tables of the content service. A release never changes; `current_release` does."""

from typing import Final

import sqlalchemy as sa

from services.chassis.inbox import inbox_table

SCHEMA: Final = "content"

metadata: Final = sa.MetaData(
    schema=SCHEMA,
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "ck": "%(table_name)s_%(constraint_name)s_check",
    },
)

reading_rules: Final = sa.Table(
    "reading_rules",
    metadata,
    sa.Column("content_hash", sa.Text, primary_key=True),
    sa.Column("payload", sa.LargeBinary, nullable=False),
)

release: Final = sa.Table(
    "release",
    metadata,
    sa.Column("version", sa.Text, primary_key=True),
    sa.Column("content_hash", sa.Text, nullable=False, unique=True),
    sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("payload", sa.LargeBinary, nullable=False),  # contracts.catalog_wire
    sa.Column("source", sa.LargeBinary),  # its files; null for old releases
    sa.Column(  # null for old releases
        "reading_rules_hash", sa.Text, sa.ForeignKey(reading_rules.c.content_hash)
    ),
)

current_release: Final = sa.Table(
    "current_release",
    metadata,
    sa.Column("is_current", sa.Boolean, primary_key=True, server_default=sa.true()),
    sa.Column("version", sa.Text, sa.ForeignKey(release.c.version), nullable=False),
    sa.CheckConstraint("is_current", name="is_current"),  # at most one row
)

plan_version: Final = sa.Table(
    "plan_version",
    metadata,
    sa.Column("slug", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("content_hash", sa.Text, nullable=False),
    sa.Column("first_release", sa.Text, sa.ForeignKey(release.c.version), nullable=False),
)

sign_off: Final = sa.Table(
    "sign_off",
    metadata,
    sa.Column("clinic_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("content_hash", sa.Text, primary_key=True),
    sa.Column("plan", sa.Text, nullable=False),  # or storage.reviews.READING_RULES
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("overlay_version", sa.Integer, nullable=False),
    sa.Column("reviewer_sealed", sa.LargeBinary, nullable=False),
    sa.Column("registration_sealed", sa.LargeBinary),
    sa.Column("signed_by", sa.Text, nullable=False),  # the credential
    sa.Column("mode", sa.Text, nullable=False),  # of the credential
    sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=False),  # product time
)

overlay: Final = sa.Table(
    "overlay",
    metadata,
    sa.Column("clinic_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("plan", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("name", sa.Text, nullable=False),  # of the file
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("put_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("is_in_use", sa.Boolean, nullable=False),
)
sa.Index(
    "overlay_in_use",
    overlay.c.clinic_id,
    overlay.c.plan,
    unique=True,
    postgresql_where=overlay.c.is_in_use,
)

applied_plan: Final = sa.Table(
    "laid_plan",
    metadata,
    sa.Column("clinic_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("plan", sa.Text, primary_key=True),
    sa.Column("overlay_version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("base_hash", sa.Text, primary_key=True),  # of the plan without the values
    sa.Column("plan_version", sa.Integer, nullable=False),
    sa.Column("content_hash", sa.Text),  # null, like `plans`, if there are conflicts
    sa.Column("plans", sa.LargeBinary),  # by locale
    sa.Column("misfits", sa.LargeBinary),
    sa.ForeignKeyConstraint(
        ["clinic_id", "plan", "overlay_version"],
        [overlay.c.clinic_id, overlay.c.plan, overlay.c.version],
        name="laid_plan_overlay_fkey",
    ),
)

inbox: Final = inbox_table(metadata)
