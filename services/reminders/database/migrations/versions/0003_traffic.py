"""Holds, providers' standing, operators' acts, and retries of messages that failed."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_UP = """
create table reminders.hold (
  id bigint generated always as identity,
  clinic_id bigint,
  channel text,
  provider text,
  plan text,
  reason text not null,
  placed_by text not null,
  placed_at timestamptz not null,
  released_by text,
  released_at timestamptz,
  constraint hold_pkey primary key (id),
  constraint hold_clinic_id_fkey foreign key (clinic_id) references reminders.clinic (id),
  constraint hold_channel_check check (channel in ('SMS', 'EMAIL', 'OTHER')),
  constraint hold_released_check check ((released_by is null) = (released_at is null))
);
create index hold_standing on reminders.hold (id) where released_at is null;

create table reminders.operation (
  id bigint generated always as identity,
  kind text not null,
  actor text not null,
  reason text not null,
  filters text not null,
  affected bigint not null,
  at timestamptz not null,
  constraint operation_pkey primary key (id)
);

create table reminders.provider_state (
  channel text not null,
  provider text not null,
  circuit text not null default 'CLOSED',
  open_until timestamptz,
  weight double precision not null,
  moved_at timestamptz not null,
  constraint provider_state_pkey primary key (channel, provider),
  constraint provider_state_channel_check check (channel in ('SMS', 'EMAIL', 'OTHER')),
  constraint provider_state_circuit_check check (circuit in ('CLOSED', 'OPEN', 'HALF_OPEN')),
  constraint provider_state_weight_check check (weight > 0)
);

create table reminders.provider_change (
  id bigint generated always as identity,
  channel text not null,
  provider text not null,
  at timestamptz not null,
  code text not null,
  weight double precision,
  constraint provider_change_pkey primary key (id),
  constraint provider_change_channel_check check (channel in ('SMS', 'EMAIL', 'OTHER'))
);
create index provider_change_at on reminders.provider_change (channel, at);

alter table reminders.outbound
  add column spent smallint not null default 0,
  add column hold_id bigint,
  add column retry_of bigint,
  add constraint outbound_clinic_id_retry_of_fkey
    foreign key (clinic_id, retry_of) references reminders.outbound (clinic_id, id);

drop index reminders.outbound_reminder_once;
create unique index outbound_reminder_once
  on reminders.outbound (clinic_id, enrollment_id, step_key, channel)
  where kind = 'REMINDER' and retry_of is null;
create unique index outbound_retry_once
  on reminders.outbound (clinic_id, retry_of) where retry_of is not null;

drop index reminders.outbound_due;
create index outbound_due on reminders.outbound (channel, lane, due_at)
  where state = 'SCHEDULED' and hold_id is null;
create index outbound_fair on reminders.outbound (channel, lane, clinic_id, due_at)
  where state = 'SCHEDULED' and hold_id is null;
create index outbound_held on reminders.outbound (hold_id)
  where state = 'SCHEDULED' and hold_id is not null;
create index outbound_failed on reminders.outbound (state_at) where state = 'FAILED';
"""

# What a hold keeps back would be sent; and the message that a retry took up again gives its step
# up to it, since without `retry_of` two of one step cannot be told apart.
_DOWN = """
do $$ begin
  if exists (select from reminders.hold where released_at is null) then
    raise exception 'holds stand: without this revision they would hold nothing back'
      using hint = 'release each first: afterglow reminders holds, afterglow reminders release';
  end if;
end $$;
update reminders.outbound as earlier set step_key = earlier.step_key || '#' || earlier.id
  from reminders.outbound as later
  where later.clinic_id = earlier.clinic_id and later.retry_of = earlier.id;
drop index reminders.outbound_failed;
drop index reminders.outbound_held;
drop index reminders.outbound_fair;
drop index reminders.outbound_due;
create index outbound_due on reminders.outbound (channel, lane, due_at)
  where state = 'SCHEDULED';
drop index reminders.outbound_retry_once;
drop index reminders.outbound_reminder_once;
create unique index outbound_reminder_once
  on reminders.outbound (clinic_id, enrollment_id, step_key, channel)
  where kind = 'REMINDER';
alter table reminders.outbound drop column retry_of, drop column hold_id, drop column spent;
drop table reminders.provider_change;
drop table reminders.provider_state;
drop table reminders.operation;
drop table reminders.hold;
"""


def upgrade() -> None:
    op.execute(_UP)


def downgrade() -> None:
    op.execute(_DOWN)
