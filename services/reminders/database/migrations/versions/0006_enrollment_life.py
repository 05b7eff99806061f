"""What happens to enrollments: moves, confirmations, pauses; plan versions that are withdrawn."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _add_to_enrollments()
    _add_to_messages()
    _add_events()
    op.execute("alter table reminders.hold add column plan_version integer")


def _add_to_enrollments() -> None:
    op.execute("""
        alter table reminders.enrollment
          add column ends_at timestamptz,
          add column confirmation_asked_at timestamptz
    """)
    op.execute("""
        update reminders.enrollment e set ends_at = (
          select max(o.useful_until) from reminders.outbound o
          where o.clinic_id = e.clinic_id and o.enrollment_id = e.id
        )
    """)
    op.execute("""
        create index enrollment_clinic on reminders.enrollment (clinic_id, procedure_at, id)
    """)
    op.execute("""
        create index enrollment_unconfirmed on reminders.enrollment (procedure_at)
        where procedure_state = 'PLANNED' and status in ('ACTIVE', 'PAUSED')
          and confirmation_asked_at is null
    """)
    op.execute("""
        create index enrollment_over on reminders.enrollment (ends_at)
        where status = 'ACTIVE' and procedure_state = 'PERFORMED'
    """)


def _add_to_messages() -> None:
    op.execute("""
        alter table reminders.outbound
          add column occasion smallint not null default 0,
          add column plan_version_id bigint,
          add constraint outbound_clinic_id_plan_version_id_fkey foreign key
            (clinic_id, plan_version_id) references reminders.plan_version (clinic_id, id)
    """)
    op.execute("drop index reminders.outbound_reminder_once")
    op.execute("""
        create unique index outbound_reminder_once on reminders.outbound
          (clinic_id, enrollment_id, step_key, channel, occasion)
        where kind = 'REMINDER' and retry_of is null
    """)


def _add_events() -> None:
    op.execute("""
        create table reminders.enrollment_event (
          clinic_id bigint not null references reminders.clinic (id),
          id bigint generated always as identity,
          enrollment_id bigint not null,
          at timestamptz not null,
          kind text not null,
          actor text not null,
          content bytea not null,
          primary key (clinic_id, id),
          foreign key (clinic_id, enrollment_id) references reminders.enrollment (clinic_id, id),
          constraint enrollment_event_kind_check check
            (kind in ('RESCHEDULED', 'RECORDED', 'PAUSED', 'RESUMED', 'MIGRATED'))
        )
    """)
    op.execute("""
        create index enrollment_event_enrollment
          on reminders.enrollment_event (clinic_id, enrollment_id, id)
    """)


def downgrade() -> None:
    op.execute("alter table reminders.hold drop column plan_version")
    op.execute("drop table reminders.enrollment_event")
    # What was planned again for another date follows what was planned before it.
    op.execute("""
        update reminders.outbound o set retry_of = (
          select max(older.id) from reminders.outbound older
          where older.clinic_id = o.clinic_id and older.enrollment_id = o.enrollment_id
            and older.step_key = o.step_key and older.channel = o.channel
            and older.kind = 'REMINDER' and older.id < o.id
        )
        where o.kind = 'REMINDER' and o.retry_of is null and o.occasion > 0
    """)
    op.execute("drop index reminders.outbound_reminder_once")
    op.execute("alter table reminders.outbound drop column occasion, drop column plan_version_id")
    op.execute("""
        create unique index outbound_reminder_once on reminders.outbound
          (clinic_id, enrollment_id, step_key, channel)
        where kind = 'REMINDER' and retry_of is null
    """)
    op.execute("drop index reminders.enrollment_over")
    op.execute("drop index reminders.enrollment_unconfirmed")
    op.execute("drop index reminders.enrollment_clinic")
    op.execute("""
        alter table reminders.enrollment
          drop column confirmation_asked_at,
          drop column ends_at
    """)
