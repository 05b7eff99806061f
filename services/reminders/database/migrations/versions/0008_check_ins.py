"""Check-ins, escalations and who is alerted."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_TABLES = """
create table reminders.alert_contact (
  clinic_id bigint not null,
  id bigint generated always as identity,
  tier smallint not null,
  hours text not null,
  channel text not null,
  address_sealed bytea not null,
  address_index bytea not null,
  label text,
  created_at timestamptz not null,
  proven_at timestamptz,
  removed_at timestamptz,
  constraint alert_contact_pkey primary key (clinic_id, id),
  constraint alert_contact_hours_check check (hours in ('ALWAYS', 'OPEN', 'OUT_OF_HOURS')),
  constraint alert_contact_channel_check check (channel in ('SMS', 'EMAIL', 'OTHER')),
  constraint alert_contact_tier_check check (tier between 0 and 4),
  constraint alert_contact_clinic_id_fkey
    foreign key (clinic_id) references reminders.clinic (id)
);
create unique index alert_contact_once
  on reminders.alert_contact (clinic_id, tier, hours, channel, address_index)
  where removed_at is null;
create table reminders.check_in (
  clinic_id bigint not null,
  id bigint generated always as identity,
  mode text not null,
  outbound_id bigint not null,
  patient_id bigint not null,
  contact_point_id bigint not null,
  enrollment_id bigint not null,
  step_key text not null,
  level text not null,
  opened_at timestamptz not null,
  nudge_at timestamptz,
  nudge_id bigint,
  closes_at timestamptz not null,
  answer_sealed bytea,
  answered_via text,
  answered_at timestamptz,
  constraint check_in_pkey primary key (clinic_id, id),
  constraint check_in_clinic_id_outbound_id_fkey
    foreign key (clinic_id, outbound_id) references reminders.outbound (clinic_id, id),
  constraint check_in_clinic_id_nudge_id_fkey
    foreign key (clinic_id, nudge_id) references reminders.outbound (clinic_id, id),
  constraint check_in_clinic_id_patient_id_fkey
    foreign key (clinic_id, patient_id) references reminders.patient (clinic_id, id),
  constraint check_in_clinic_id_contact_point_id_fkey
    foreign key (clinic_id, contact_point_id) references reminders.contact_point (clinic_id, id),
  constraint check_in_clinic_id_enrollment_id_fkey
    foreign key (clinic_id, enrollment_id) references reminders.enrollment (clinic_id, id),
  constraint check_in_clinic_id_enrollment_id_step_key_key
    unique (clinic_id, enrollment_id, step_key),
  constraint check_in_mode_check check (mode in ('LIVE', 'TEST', 'ALLOWLIST')),
  constraint check_in_level_check
    check (level in ('WAITING', 'GREEN', 'AMBER', 'RED', 'UNCLEAR', 'UNREACHED')),
  constraint check_in_clinic_id_fkey
    foreign key (clinic_id) references reminders.clinic (id)
);
create index check_in_closing on reminders.check_in (closes_at) where level = 'WAITING';
create index check_in_nudge
  on reminders.check_in (nudge_at)
  where level = 'WAITING' and nudge_at is not null;
create index check_in_patient on reminders.check_in (clinic_id, patient_id, opened_at);
create table reminders.escalation (
  clinic_id bigint not null,
  id bigint generated always as identity,
  mode text not null,
  level text not null,
  reason_sealed bytea,
  patient_id bigint not null,
  enrollment_id bigint not null,
  check_in_id bigint,
  inbound_id bigint,
  must_phone boolean default false not null,
  opened_at timestamptz not null,
  rung smallint default '0' not null,
  alert_at timestamptz,
  acknowledged_at timestamptz,
  acknowledged_by text,
  resolved_at timestamptz,
  resolved_by text,
  outcome text,
  note_sealed bytea,
  constraint escalation_pkey primary key (clinic_id, id),
  constraint escalation_clinic_id_patient_id_fkey
    foreign key (clinic_id, patient_id) references reminders.patient (clinic_id, id),
  constraint escalation_clinic_id_enrollment_id_fkey
    foreign key (clinic_id, enrollment_id) references reminders.enrollment (clinic_id, id),
  constraint escalation_clinic_id_check_in_id_fkey
    foreign key (clinic_id, check_in_id) references reminders.check_in (clinic_id, id),
  constraint escalation_clinic_id_inbound_id_fkey
    foreign key (clinic_id, inbound_id) references reminders.inbound_message (clinic_id, id),
  constraint escalation_mode_check check (mode in ('LIVE', 'TEST', 'ALLOWLIST')),
  constraint escalation_level_check
    check (level in ('WAITING', 'GREEN', 'AMBER', 'RED', 'UNCLEAR', 'UNREACHED')),
  constraint escalation_outcome_check
    check (outcome in ('ADVISED', 'SEEN_AT_CLINIC', 'SENT_TO_EMERGENCY', 'COULD_NOT_REACH',
      'FALSE_ALARM', 'OTHER')),
  constraint escalation_resolved_check check ((resolved_at is null) = (outcome is null)),
  constraint escalation_clinic_id_fkey
    foreign key (clinic_id) references reminders.clinic (id)
);
create index escalation_alert on reminders.escalation (alert_at) where alert_at is not null;
create index escalation_check_in on reminders.escalation (clinic_id, check_in_id);
create index escalation_clinic on reminders.escalation (clinic_id, opened_at, id);
create unique index escalation_open_once
  on reminders.escalation (clinic_id, enrollment_id)
  where resolved_at is null;
create table reminders.alert (
  clinic_id bigint not null,
  id bigint generated always as identity,
  escalation_id bigint,
  alert_contact_id bigint not null,
  rung smallint not null,
  outbound_id bigint,
  sent_at timestamptz not null,
  acknowledged_at timestamptz,
  acknowledged_by text,
  constraint alert_pkey primary key (clinic_id, id),
  constraint alert_clinic_id_escalation_id_fkey
    foreign key (clinic_id, escalation_id) references reminders.escalation (clinic_id, id),
  constraint alert_clinic_id_alert_contact_id_fkey
    foreign key (clinic_id, alert_contact_id) references reminders.alert_contact (clinic_id, id),
  constraint alert_clinic_id_outbound_id_fkey
    foreign key (clinic_id, outbound_id) references reminders.outbound (clinic_id, id),
  constraint alert_clinic_id_escalation_id_rung_alert_contact_id_key
    unique (clinic_id, escalation_id, rung, alert_contact_id),
  constraint alert_clinic_id_fkey foreign key (clinic_id) references reminders.clinic (id)
);
create index alert_outbound on reminders.alert (clinic_id, outbound_id);
"""

_INDEXES = """
create index outbound_follow on reminders.outbound (state_at)
  where followed_state is distinct from state
    and (kind in ('REMINDER', 'CORRECTION', 'SAFETY')
        and state in ('FAILED', 'UNDELIVERED', 'EXPIRED', 'SKIPPED')
      or kind = 'REMINDER' and step_kind = 'CHECK_IN'
        and state in ('ACCEPTED', 'DELIVERED', 'UNKNOWN'));
create index outbound_follow_merged on reminders.outbound (due_at)
  where state = 'MERGED' and step_kind = 'CHECK_IN' and followed_state is null;
create unique index staff_task_unreachable_once
  on reminders.staff_task (clinic_id, enrollment_id)
  where kind = 'UNREACHABLE' and step_key is null and done_at is null;
create unique index staff_task_unreached_once
  on reminders.staff_task (clinic_id, enrollment_id, step_key) where kind = 'UNREACHED';
"""


def upgrade() -> None:
    op.execute(_TABLES)
    op.execute("""
        alter table reminders.outbound
          add column alert_contact_id bigint,
          add column followed_state text,
          add constraint outbound_clinic_id_alert_contact_id_fkey
            foreign key (clinic_id, alert_contact_id)
            references reminders.alert_contact (clinic_id, id),
          drop constraint outbound_kind_check,
          add constraint outbound_kind_check check (kind in ('REMINDER', 'REPLY', 'SAFETY',
            'OPT_OUT_CONFIRMATION', 'CORRECTION', 'STAFF_ALERT', 'NUDGE'))
    """)
    # What ended before is over: nobody is asked now about messages of long ago.
    op.execute("""
        update reminders.outbound set followed_state = state
        where state in ('FAILED', 'UNDELIVERED', 'EXPIRED', 'SKIPPED')
          or kind = 'REMINDER' and step_kind = 'CHECK_IN'
            and state in ('ACCEPTED', 'DELIVERED', 'UNKNOWN')
    """)
    op.execute("""
        alter table reminders.inbound_message
          add column check_in_id bigint,
          add constraint inbound_message_clinic_id_check_in_id_fkey
            foreign key (clinic_id, check_in_id) references reminders.check_in (clinic_id, id)
    """)
    op.execute(_INDEXES)


def downgrade() -> None:
    op.execute("drop index reminders.staff_task_unreached_once")
    op.execute("drop index reminders.staff_task_unreachable_once")
    op.execute("alter table reminders.inbound_message drop column check_in_id")
    op.execute("drop index reminders.outbound_follow, reminders.outbound_follow_merged")
    op.execute("drop table reminders.alert, reminders.escalation, reminders.check_in")
    op.execute("update reminders.outbound set kind = 'REPLY' where kind = 'NUDGE'")
    op.execute("""
        alter table reminders.outbound
          drop column alert_contact_id,
          drop column followed_state,
          drop constraint outbound_kind_check,
          add constraint outbound_kind_check check (kind in ('REMINDER', 'REPLY', 'SAFETY',
            'OPT_OUT_CONFIRMATION', 'CORRECTION', 'STAFF_ALERT'))
    """)
    op.execute("drop table reminders.alert_contact")
