"""Clinicians' sign-offs: of what is sent to a clinic's patients, by the hash of all it says."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        create table content.sign_off (
          clinic_id bigint not null,
          content_hash text not null,
          plan text not null,
          version integer not null,
          overlay_version integer not null,
          reviewer_sealed bytea not null,
          registration_sealed bytea,
          signed_by text not null,
          mode text not null,
          reviewed_at timestamptz not null,
          constraint sign_off_pkey primary key (clinic_id, content_hash)
        )
    """)


def downgrade() -> None:
    op.execute("drop table content.sign_off")
