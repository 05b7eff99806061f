"""The tables of the gateway: keys, intake, inbox."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        create table gateway.api_key (
          id bigint generated always as identity primary key,
          clinic_id bigint,
          role text not null,
          mode text not null check (mode in ('LIVE', 'TEST', 'ALLOWLIST')),
          hash bytea not null unique,
          prefix text not null,
          created_at timestamptz not null default now(),
          revoked_at timestamptz,
          constraint api_key_role_check
            check (role in ('ADMIN', 'CLINICIAN', 'STAFF', 'FRONT_END', 'OPERATOR')),
          constraint api_key_clinic_check check ((role = 'OPERATOR') = (clinic_id is null))
        )
    """)
    op.execute("""
        create table gateway.intake (
          id uuid primary key default gen_random_uuid(),
          kind text not null,
          provider text not null,
          payload_sealed bytea not null,
          received_at timestamptz not null default now(),
          attempts integer not null default 0,
          not_before timestamptz not null default now()
        )
    """)
    op.execute("create index intake_not_before_idx on gateway.intake (not_before, received_at)")
    op.execute("""
        create table gateway.inbox (
          command_id text primary key,
          kind text not null,
          reply bytea,
          handled_at timestamptz not null default now()
        )
    """)


def downgrade() -> None:
    op.execute("drop table gateway.inbox, gateway.intake, gateway.api_key")
