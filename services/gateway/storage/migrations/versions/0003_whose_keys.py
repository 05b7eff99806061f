"""Keys that are one person's say whose."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table gateway.api_key add column person_sealed bytea")


def downgrade() -> None:
    op.execute("alter table gateway.api_key drop column person_sealed")
