"""Releases, which of them is current, what each plan version says, and the inbox."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_TABLES = """
create table content.release (
  version text not null,
  content_hash text not null,
  published_at timestamptz not null,
  payload bytea not null,
  constraint release_pkey primary key (version),
  constraint release_content_hash_key unique (content_hash)
);
create table content.current_release (
  is_current boolean not null default true,
  version text not null,
  constraint current_release_pkey primary key (is_current),
  constraint current_release_is_current_check check (is_current),
  constraint current_release_version_fkey
    foreign key (version) references content.release (version)
);
create table content.plan_version (
  slug text not null,
  version integer not null,
  content_hash text not null,
  first_release text not null,
  constraint plan_version_pkey primary key (slug, version),
  constraint plan_version_first_release_fkey
    foreign key (first_release) references content.release (version)
);
create table content.inbox (
  command_id text not null,
  kind text not null,
  reply bytea,
  handled_at timestamptz not null default now(),
  constraint inbox_pkey primary key (command_id)
);
"""


def upgrade() -> None:
    op.execute(_TABLES)


def downgrade() -> None:
    for table in ("inbox", "plan_version", "current_release", "release"):
        op.execute(f"drop table content.{table}")
