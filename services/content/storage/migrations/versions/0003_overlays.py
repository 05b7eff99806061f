"""Clinics' own values for plans, the plans with them, and the source that they are laid on."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table content.release add column source bytea")
    op.execute("""
        create table content.overlay (
          clinic_id bigint not null,
          plan text not null,
          version integer not null,
          name text not null,
          text text not null,
          put_at timestamptz not null,
          is_in_use boolean not null,
          constraint overlay_pkey primary key (clinic_id, plan, version)
        );
        create unique index overlay_in_use on content.overlay (clinic_id, plan) where is_in_use;
        create table content.laid_plan (
          clinic_id bigint not null,
          plan text not null,
          overlay_version integer not null,
          base_hash text not null,
          plan_version integer not null,
          content_hash text,
          plans bytea,
          misfits bytea,
          constraint laid_plan_pkey primary key (clinic_id, plan, overlay_version, base_hash),
          constraint laid_plan_overlay_fkey foreign key (clinic_id, plan, overlay_version)
            references content.overlay (clinic_id, plan, version)
        )
    """)


def downgrade() -> None:
    op.execute("drop table content.laid_plan")
    op.execute("drop table content.overlay")
    op.execute("alter table content.release drop column source")
