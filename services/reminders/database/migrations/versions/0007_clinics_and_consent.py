"""Hours and closures of clinics, codes that confirm a consent."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _describe_clinics()
    _keep_codes()


def _describe_clinics() -> None:
    op.execute("""
        alter table reminders.clinic
          add column opening_hours jsonb not null default '[]',
          add column closures jsonb not null default '[]',
          add column out_of_hours text,
          add column countries text[] not null default '{}',
          add column suspended_at timestamptz,
          add column suspension_hold bigint
    """)
    op.execute("alter table reminders.delivery_attempt add column consent_id bigint")


def _keep_codes() -> None:
    op.execute("""
        create table reminders.consent_code (
          clinic_id bigint not null references reminders.clinic (id),
          id bigint generated always as identity,
          patient_id bigint,
          contact_point_id bigint,
          channel text not null constraint consent_code_channel_check
            check (channel in ('SMS', 'EMAIL', 'OTHER')),
          subject_index bytea,
          address_index bytea,
          asked_by text not null,
          code_index bytea,
          tries smallint not null default 0,
          sent_at timestamptz not null,
          expires_at timestamptz not null,
          used_at timestamptz,
          primary key (clinic_id, id),
          foreign key (clinic_id, patient_id) references reminders.patient (clinic_id, id),
          foreign key (clinic_id, contact_point_id)
            references reminders.contact_point (clinic_id, id)
        )
    """)
    op.execute("""
        create index consent_code_patient
          on reminders.consent_code (clinic_id, patient_id, channel, id)
    """)
    op.execute("""
        create index consent_code_subject
          on reminders.consent_code (clinic_id, subject_index, sent_at)
    """)
    op.execute("""
        create index consent_code_address on reminders.consent_code (address_index, sent_at)
    """)
    op.execute("""
        create index consent_code_asked_by
          on reminders.consent_code (clinic_id, asked_by, sent_at)
    """)


def downgrade() -> None:
    op.execute("drop table reminders.consent_code")
    op.execute("alter table reminders.delivery_attempt drop column consent_id")
    op.execute("""
        alter table reminders.clinic
          drop column opening_hours, drop column closures, drop column out_of_hours,
          drop column countries, drop column suspended_at, drop column suspension_hold
    """)
