"""The rules by which replies are read, as the content service gave them last."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        create table reminders.reading_rules (
          is_current boolean not null default true,
          content_hash text not null,
          payload bytea not null,
          constraint reading_rules_pkey primary key (is_current),
          constraint reading_rules_is_current_check check (is_current)
        )
        """
    )


def downgrade() -> None:
    op.execute("drop table reminders.reading_rules")
