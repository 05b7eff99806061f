"""The tables of reminders: who is cared for, what is to be sent, and what became of it."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_TABLES = """
create table reminders.clinic (
  id bigint generated always as identity,
  name text not null,
  time_zone text not null,
  locale text not null,
  country text not null,
  emergency_number text not null,
  phone text,
  quiet_start time not null,
  quiet_end time not null,
  created_at timestamptz not null,
  constraint clinic_pkey primary key (id),
  constraint clinic_name_key unique (name)
);
create table reminders.idempotency (
  clinic_id bigint not null,
  id bigint generated always as identity,
  mode text not null,
  mutation text not null,
  key text not null,
  input_hash bytea not null,
  result_id bigint not null,
  at timestamptz not null,
  constraint idempotency_pkey primary key (clinic_id, id),
  constraint idempotency_clinic_id_mode_mutation_key_key unique (clinic_id, mode, mutation,
    key),
  constraint idempotency_mode_check check (mode in ('LIVE', 'TEST', 'ALLOWLIST')),
  constraint idempotency_clinic_id_fkey foreign key(clinic_id) references reminders.clinic (id)
);
create table reminders.patient (
  clinic_id bigint not null,
  id bigint generated always as identity,
  mode text not null,
  reference text,
  name_sealed bytea,
  is_adult boolean,
  time_zone text,
  region text,
  locale text not null,
  channels text[] not null,
  detail text not null,
  quiet_start time,
  quiet_end time,
  paused_until timestamptz,
  created_at timestamptz not null,
  constraint patient_pkey primary key (clinic_id, id),
  constraint patient_clinic_id_mode_reference_key unique (clinic_id, mode, reference),
  constraint patient_mode_check check (mode in ('LIVE', 'TEST', 'ALLOWLIST')),
  constraint patient_detail_check check (detail in ('DISCREET', 'DETAILED')),
  constraint patient_quiet_hours_check check ((quiet_start is null) = (quiet_end is null)),
  constraint patient_clinic_id_fkey foreign key(clinic_id) references reminders.clinic (id)
);
create table reminders.plan_version (
  clinic_id bigint not null,
  id bigint generated always as identity,
  slug text not null,
  version integer not null,
  overlay_version integer default '0' not null,
  content bytea not null,
  content_hash text not null,
  locale text not null,
  constraint plan_version_pkey primary key (clinic_id, id),
  constraint plan_version_once unique (clinic_id, slug, version, overlay_version, locale,
    content_hash),
  constraint plan_version_clinic_id_fkey foreign key(clinic_id) references reminders.clinic (id)
);
create table reminders.sender (
  clinic_id bigint not null,
  id bigint generated always as identity,
  channel text not null,
  provider text not null,
  address text not null,
  is_default boolean not null,
  constraint sender_pkey primary key (clinic_id, id),
  constraint sender_clinic_id_channel_provider_address_key unique (clinic_id, channel, provider,
    address),
  constraint sender_channel_check check (channel in ('SMS', 'EMAIL', 'OTHER')),
  constraint sender_clinic_id_fkey foreign key(clinic_id) references reminders.clinic (id)
);
create index sender_address on reminders.sender (channel, address);
create table reminders.suppression (
  clinic_id bigint not null,
  id bigint generated always as identity,
  channel text not null,
  address_index bytea not null,
  reason text not null,
  since timestamptz not null,
  lifted_at timestamptz,
  constraint suppression_pkey primary key (clinic_id, id),
  constraint suppression_channel_check check (channel in ('SMS', 'EMAIL', 'OTHER')),
  constraint suppression_reason_check check (reason in ('OPT_OUT', 'BOUNCE', 'COMPLAINT',
    'INVALID', 'MANUAL')),
  constraint suppression_clinic_id_fkey foreign key(clinic_id) references reminders.clinic (id)
);
create unique index suppression_standing
  on reminders.suppression (clinic_id, channel, address_index, reason)
  where lifted_at is null;
create table reminders.contact_point (
  clinic_id bigint not null,
  id bigint generated always as identity,
  patient_id bigint not null,
  channel text not null,
  address_sealed bytea not null,
  address_index bytea not null,
  owner text not null,
  verified_at timestamptz,
  created_at timestamptz not null,
  replaced_at timestamptz,
  constraint contact_point_pkey primary key (clinic_id, id),
  constraint contact_point_clinic_id_patient_id_fkey foreign key(clinic_id, patient_id)
    references reminders.patient (clinic_id, id),
  constraint contact_point_channel_check check (channel in ('SMS', 'EMAIL', 'OTHER')),
  constraint contact_point_owner_check check (owner in ('SELF', 'GUARDIAN', 'CAREGIVER')),
  constraint contact_point_clinic_id_fkey foreign key(clinic_id) references reminders.clinic
    (id)
);
create index contact_point_address on reminders.contact_point (address_index);
create unique index contact_point_current
  on reminders.contact_point (clinic_id, patient_id, channel) where replaced_at is null;
create table reminders.enrollment (
  clinic_id bigint not null,
  id bigint generated always as identity,
  mode text not null,
  patient_id bigint not null,
  plan_version_id bigint not null,
  status text not null,
  procedure_at timestamptz not null,
  procedure_ended_at timestamptz,
  procedure_state text not null,
  performed_by text,
  reference text,
  visit_reference text,
  created_at timestamptz not null,
  ended_at timestamptz,
  end_reason_sealed bytea,
  constraint enrollment_pkey primary key (clinic_id, id),
  constraint enrollment_clinic_id_patient_id_fkey foreign key(clinic_id, patient_id) references
    reminders.patient (clinic_id, id),
  constraint enrollment_clinic_id_plan_version_id_fkey foreign key(clinic_id, plan_version_id)
    references reminders.plan_version (clinic_id, id),
  constraint enrollment_clinic_id_mode_reference_key unique (clinic_id, mode, reference),
  constraint enrollment_mode_check check (mode in ('LIVE', 'TEST', 'ALLOWLIST')),
  constraint enrollment_status_check check (status in ('ACTIVE', 'PAUSED', 'COMPLETED',
    'CANCELLED')),
  constraint enrollment_procedure_state_check check (procedure_state in ('PLANNED', 'PERFORMED',
    'NO_SHOW', 'CANCELLED')),
  constraint enrollment_clinic_id_fkey foreign key(clinic_id) references reminders.clinic (id)
);
create index enrollment_patient
  on reminders.enrollment (clinic_id, patient_id, procedure_at, id);
create table reminders.consent (
  clinic_id bigint not null,
  id bigint generated always as identity,
  patient_id bigint not null,
  contact_point_id bigint,
  channel text not null,
  purpose text not null,
  state text not null,
  detail text not null,
  method text,
  basis text not null,
  source text not null,
  wording_version text,
  evidence_sealed bytea,
  recorded_by text,
  obtained_at timestamptz,
  recorded_at timestamptz not null,
  constraint consent_pkey primary key (clinic_id, id),
  constraint consent_clinic_id_patient_id_fkey foreign key(clinic_id, patient_id) references
    reminders.patient (clinic_id, id),
  constraint consent_clinic_id_contact_point_id_fkey foreign key(clinic_id, contact_point_id)
    references reminders.contact_point (clinic_id, id),
  constraint consent_channel_check check (channel in ('SMS', 'EMAIL', 'OTHER')),
  constraint consent_purpose_check check (purpose in ('CARE', 'MARKETING')),
  constraint consent_state_check check (state in ('PENDING', 'GRANTED', 'WITHDRAWN', 'LAPSED')),
  constraint consent_detail_check check (detail in ('DISCREET', 'DETAILED')),
  constraint consent_method_check check (method in ('WEB_FORM', 'IN_PERSON', 'PAPER', 'PHONE',
    'SMS_KEYWORD', 'PREFERENCE_PAGE', 'IMPORT', 'OTHER')),
  constraint consent_basis_check check (basis in ('EXPRESS', 'EXPRESS_WRITTEN', 'SOFT_OPT_IN')),
  constraint consent_clinic_id_fkey foreign key(clinic_id) references reminders.clinic (id)
);
create index consent_latest on reminders.consent (clinic_id, patient_id, channel, purpose, id);
create table reminders.inbound_message (
  clinic_id bigint not null,
  id bigint generated always as identity,
  patient_id bigint,
  contact_point_id bigint,
  sender_id bigint,
  channel text not null,
  provider text not null,
  provider_message_id text not null,
  text_sealed bytea,
  their_address_sealed bytea,
  address_index bytea not null,
  understood_as text not null,
  received_at timestamptz not null,
  constraint inbound_message_pkey primary key (clinic_id, id),
  constraint inbound_message_clinic_id_patient_id_fkey foreign key(clinic_id, patient_id)
    references reminders.patient (clinic_id, id),
  constraint inbound_message_clinic_id_contact_point_id_fkey foreign key(clinic_id,
    contact_point_id) references reminders.contact_point (clinic_id, id),
  constraint inbound_message_clinic_id_sender_id_fkey foreign key(clinic_id, sender_id)
    references reminders.sender (clinic_id, id),
  constraint inbound_message_clinic_id_provider_provider_message_id_key unique (clinic_id,
    provider, provider_message_id),
  constraint inbound_message_channel_check check (channel in ('SMS', 'EMAIL', 'OTHER'))
);
create index inbound_message_patient
  on reminders.inbound_message (clinic_id, patient_id, received_at);
create table reminders.outbound (
  clinic_id bigint not null,
  id bigint generated always as identity,
  kind text not null,
  mode text not null,
  patient_id bigint,
  contact_point_id bigint,
  enrollment_id bigint,
  step_key text,
  step_kind text,
  purpose text not null,
  channel text not null,
  lane smallint default '1' not null,
  state text not null,
  state_reason text,
  state_at timestamptz not null,
  due_at timestamptz not null,
  useful_until timestamptz not null,
  local_due_at text not null,
  time_zone text not null,
  not_before timestamptz default 'epoch' not null,
  token bigint default '0' not null,
  owner uuid,
  lease_until timestamptz,
  attempts smallint default '0' not null,
  subject_sealed bytea,
  body_sealed bytea,
  consent_id bigint,
  created_at timestamptz not null,
  constraint outbound_pkey primary key (clinic_id, id),
  constraint outbound_clinic_id_patient_id_fkey foreign key(clinic_id, patient_id) references
    reminders.patient (clinic_id, id),
  constraint outbound_clinic_id_contact_point_id_fkey foreign key(clinic_id, contact_point_id)
    references reminders.contact_point (clinic_id, id),
  constraint outbound_clinic_id_enrollment_id_fkey foreign key(clinic_id, enrollment_id)
    references reminders.enrollment (clinic_id, id),
  constraint outbound_clinic_id_consent_id_fkey foreign key(clinic_id, consent_id) references
    reminders.consent (clinic_id, id),
  constraint outbound_kind_check check (kind in ('REMINDER', 'REPLY', 'SAFETY',
    'OPT_OUT_CONFIRMATION', 'CORRECTION', 'STAFF_ALERT')),
  constraint outbound_mode_check check (mode in ('LIVE', 'TEST', 'ALLOWLIST')),
  constraint outbound_step_kind_check check (step_kind in ('PREPARE', 'CARE', 'CHECK_IN',
    'FOLLOW_UP', 'REBOOK', 'CLINICIAN_TASK')),
  constraint outbound_purpose_check check (purpose in ('CARE', 'MARKETING')),
  constraint outbound_channel_check check (channel in ('SMS', 'EMAIL', 'OTHER')),
  constraint outbound_state_check check (state in ('SCHEDULED', 'QUEUED', 'SENDING', 'ACCEPTED',
    'DELIVERED', 'UNDELIVERED', 'FAILED', 'UNKNOWN', 'SKIPPED', 'MERGED', 'CANCELLED',
    'EXPIRED')),
  constraint outbound_lane_check check (lane between 0 and 2),
  constraint outbound_reminder_check check (kind <> 'REMINDER' or enrollment_id is not null),
  constraint outbound_clinic_id_fkey foreign key(clinic_id) references reminders.clinic (id)
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0);
create index outbound_clinic on reminders.outbound (clinic_id, due_at, id);
create index outbound_due
  on reminders.outbound (channel, lane, due_at) where state = 'SCHEDULED';
create index outbound_enrollment on reminders.outbound (clinic_id, enrollment_id, due_at, id);
create index outbound_expiry on reminders.outbound (useful_until)
  where state = 'SCHEDULED';
create index outbound_lease
  on reminders.outbound (lease_until) where state in ('QUEUED', 'SENDING');
create index outbound_patient on reminders.outbound (clinic_id, patient_id, due_at, id);
create unique index outbound_reminder_once
  on reminders.outbound (clinic_id, enrollment_id, step_key, channel)
  where kind = 'REMINDER';
create index outbound_unknown on reminders.outbound (state_at) where state = 'UNKNOWN';
create table reminders.decision (
  clinic_id bigint not null,
  id bigint generated always as identity,
  outbound_id bigint not null,
  at timestamptz not null,
  code text not null,
  detail text,
  constraint decision_pkey primary key (clinic_id, id),
  constraint decision_clinic_id_outbound_id_fkey foreign key(clinic_id, outbound_id) references
    reminders.outbound (clinic_id, id),
  constraint decision_clinic_id_fkey foreign key(clinic_id) references reminders.clinic (id)
);
create index decision_outbound on reminders.decision (clinic_id, outbound_id, id);
create table reminders.delivery_attempt (
  clinic_id bigint not null,
  id bigint generated always as identity,
  outbound_id bigint not null,
  number smallint not null,
  token bigint not null,
  owner uuid not null,
  provider text not null,
  sender_id bigint,
  started_at timestamptz not null,
  ended_at timestamptz,
  outcome text not null,
  code text,
  provider_reference text,
  constraint delivery_attempt_pkey primary key (clinic_id, id),
  constraint delivery_attempt_clinic_id_outbound_id_fkey foreign key(clinic_id, outbound_id)
    references reminders.outbound (clinic_id, id),
  constraint delivery_attempt_clinic_id_sender_id_fkey foreign key(clinic_id, sender_id)
    references reminders.sender (clinic_id, id),
  constraint delivery_attempt_clinic_id_outbound_id_number_key unique (clinic_id, outbound_id,
    number),
  constraint delivery_attempt_outcome_check check (outcome in ('OPEN', 'ACCEPTED',
    'REJECTED_FOR_NOW', 'REJECTED_FOR_GOOD', 'UNKNOWN')),
  constraint delivery_attempt_clinic_id_fkey foreign key(clinic_id) references reminders.clinic
    (id)
);
create unique index delivery_attempt_once
  on reminders.delivery_attempt (clinic_id, outbound_id)
  where outcome in ('OPEN', 'ACCEPTED', 'UNKNOWN');
create index delivery_attempt_owner on reminders.delivery_attempt (owner)
  where outcome = 'OPEN';
create index delivery_attempt_reference
  on reminders.delivery_attempt (provider, provider_reference);
create table reminders.staff_task (
  clinic_id bigint not null,
  id bigint generated always as identity,
  kind text not null,
  title text not null,
  patient_id bigint,
  enrollment_id bigint,
  outbound_id bigint,
  inbound_id bigint,
  step_key text,
  opened_at timestamptz not null,
  due_at timestamptz,
  done_at timestamptz,
  done_by text,
  note_sealed bytea,
  constraint staff_task_pkey primary key (clinic_id, id),
  constraint staff_task_clinic_id_patient_id_fkey foreign key(clinic_id, patient_id) references
    reminders.patient (clinic_id, id),
  constraint staff_task_clinic_id_enrollment_id_fkey foreign key(clinic_id, enrollment_id)
    references reminders.enrollment (clinic_id, id),
  constraint staff_task_clinic_id_outbound_id_fkey foreign key(clinic_id, outbound_id)
    references reminders.outbound (clinic_id, id),
  constraint staff_task_clinic_id_inbound_id_fkey foreign key(clinic_id, inbound_id) references
    reminders.inbound_message (clinic_id, id),
  constraint staff_task_kind_check check (kind in ('CLINICIAN_STEP', 'PROCEDURE_UNCONFIRMED',
    'UNREACHABLE', 'OPTED_OUT', 'UNREAD_REPLY', 'UNMATCHED_REPLY', 'UNREACHED',
    'UNKNOWN_OUTCOME', 'RENDER_FAILED', 'OTHER')),
  constraint staff_task_clinic_id_fkey foreign key(clinic_id) references reminders.clinic (id)
);
create index staff_task_enrollment on reminders.staff_task (clinic_id, enrollment_id);
create index staff_task_open
  on reminders.staff_task (clinic_id, opened_at) where done_at is null;
create table reminders.receipt (
  clinic_id bigint not null,
  id bigint generated always as identity,
  attempt_id bigint not null,
  state text not null,
  provider_state text not null,
  code text default '' not null,
  received_at timestamptz not null,
  constraint receipt_pkey primary key (clinic_id, id),
  constraint receipt_clinic_id_attempt_id_fkey foreign key(clinic_id, attempt_id) references
    reminders.delivery_attempt (clinic_id, id),
  constraint receipt_clinic_id_attempt_id_provider_state_code_key unique (clinic_id, attempt_id,
    provider_state, code),
  constraint receipt_state_check check (state in ('PENDING', 'ACCEPTED', 'DELIVERED',
    'UNDELIVERED')),
  constraint receipt_clinic_id_fkey foreign key(clinic_id) references reminders.clinic (id)
);
create table reminders.inbox (
  command_id text constraint inbox_pkey primary key,
  kind text not null,
  reply bytea,
  handled_at timestamptz default now() not null
);
"""


def upgrade() -> None:
    op.execute(_TABLES)


def downgrade() -> None:
    newest_first = "inbox receipt staff_task delivery_attempt decision outbound inbound_message"
    oldest_last = "consent enrollment contact_point suppression sender plan_version patient"
    for name in f"{newest_first} {oldest_last} idempotency clinic".split():
        op.drop_table(name, schema="reminders")
