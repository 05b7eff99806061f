"""Senders: the domain that bounces of their mail come back to."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table reminders.sender add column bounce_domain text")


def downgrade() -> None:
    op.execute("alter table reminders.sender drop column bounce_domain")
