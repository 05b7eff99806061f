"""Receipts that were of nothing we know, counted."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        create table gateway.dropped_receipt (
          provider text not null,
          day date not null,
          count bigint not null,
          primary key (provider, day)
        )
    """)


def downgrade() -> None:
    op.execute("drop table gateway.dropped_receipt")
