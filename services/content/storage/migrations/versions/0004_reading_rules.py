"""The rules for reading replies, which each release names by their hash."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        create table content.reading_rules (
          content_hash text not null,
          payload bytea not null,
          constraint reading_rules_pkey primary key (content_hash)
        );
        alter table content.release add column reading_rules_hash text;
        alter table content.release add constraint release_reading_rules_hash_fkey
          foreign key (reading_rules_hash) references content.reading_rules (content_hash)
    """)


def downgrade() -> None:
    op.execute("alter table content.release drop column reading_rules_hash")
    op.execute("drop table content.reading_rules")
