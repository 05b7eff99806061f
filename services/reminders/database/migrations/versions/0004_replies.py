"""What comes back: what receipts say of addresses, what replies answer, what tasks hold."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        alter table reminders.suppression
          add column recorded_by text,
          add column evidence_sealed bytea,
          add column lifted_by text,
          add column lift_evidence_sealed bytea
    """)
    op.execute("""
        alter table reminders.receipt
          add column about_address text,
          add constraint receipt_about_address_check check
            (about_address in ('HARD_BOUNCE', 'SOFT_BOUNCE', 'COMPLAINT', 'OPT_OUT'))
    """)
    op.execute("""
        alter table reminders.inbound_message
          add column mode text not null default 'LIVE',
          add column media smallint not null default 0,
          add column answers_id bigint,
          add constraint inbound_message_mode_check check (mode in ('LIVE', 'TEST', 'ALLOWLIST')),
          add constraint inbound_message_clinic_id_answers_id_fkey
            foreign key (clinic_id, answers_id) references reminders.outbound (clinic_id, id)
    """)
    op.execute("""
        create index inbound_message_clinic
          on reminders.inbound_message (clinic_id, received_at, id)
    """)
    op.execute("""
        alter table reminders.staff_task
          add column holds_sending boolean not null default false
    """)
    op.execute("""
        create index staff_task_holding
          on reminders.staff_task (clinic_id, inbound_id) where holds_sending and done_at is null
    """)


def downgrade() -> None:
    op.execute("""
        do $$ begin
          if exists (select from reminders.staff_task where holds_sending and done_at is null) then
            raise exception 'tasks hold messages back from who may have opted out'
              using hint = 'have staff complete their UNREAD_REPLY tasks first';
          end if;
        end $$
    """)
    op.execute("drop index reminders.staff_task_holding, reminders.inbound_message_clinic")
    op.execute("alter table reminders.staff_task drop column holds_sending")
    op.execute("""
        alter table reminders.inbound_message
          drop column mode, drop column media, drop column answers_id
    """)
    op.execute("alter table reminders.receipt drop column about_address")
    op.execute("""
        alter table reminders.suppression
          drop column recorded_by, drop column evidence_sealed,
          drop column lifted_by, drop column lift_evidence_sealed
    """)
