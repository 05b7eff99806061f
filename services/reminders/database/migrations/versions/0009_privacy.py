"""What is kept, for how long, and who read it."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _forgetting()
    _audit()
    _imports()
    _retention()


def _forgetting() -> None:
    op.execute("""
        alter table reminders.patient
          add column erased_at timestamptz,
          add column erased_by text,
          add column erase_reason_sealed bytea
    """)
    op.execute("alter table reminders.contact_point alter column address_sealed drop not null")
    op.execute("""
        alter table reminders.contact_point
          add constraint contact_point_address_check
            check (replaced_at is not null or address_sealed is not null)
    """)


def _audit() -> None:
    op.execute("""
        create table reminders.audit (
          clinic_id bigint not null,
          id bigint generated always as identity,
          at timestamptz not null,
          actor text not null,
          role text not null,
          kind text not null,
          action text not null,
          patient_id bigint,
          fields text not null,
          command_id text,
          constraint audit_pkey primary key (clinic_id, id),
          constraint audit_kind_check check (kind in ('READ', 'CHANGE'))
        )
    """)
    op.execute("create index audit_patient on reminders.audit (clinic_id, patient_id, id)")
    op.execute("""
        create function reminders.keep_audit() returns trigger language plpgsql as $$
        begin
          if tg_op <> 'UPDATE' and current_setting('reminders.retention', true) = 'on' then
            return old;
          end if;
          raise exception 'the audit is only added to' using errcode = 'insufficient_privilege';
        end $$
    """)
    op.execute("""
        create trigger keep_audit before update or delete on reminders.audit
          for each row execute function reminders.keep_audit()
    """)
    op.execute("""
        create trigger keep_audit_whole before truncate on reminders.audit
          for each statement execute function reminders.keep_audit()
    """)


def _imports() -> None:
    op.execute("""
        create table reminders.import_job (
          clinic_id bigint not null references reminders.clinic (id),
          id bigint generated always as identity,
          kind text not null,
          mode text not null,
          file_index bytea not null,
          actor text not null,
          started_at timestamptz not null,
          constraint import_job_pkey primary key (clinic_id, id),
          constraint import_job_kind_check check (kind in ('PATIENTS', 'SUPPRESSIONS')),
          constraint import_job_mode_check check (mode in ('LIVE', 'TEST', 'ALLOWLIST')),
          constraint import_job_clinic_id_kind_mode_file_index_key
            unique (clinic_id, kind, mode, file_index)
        )
    """)
    op.execute("""
        create table reminders.import_row (
          clinic_id bigint not null references reminders.clinic (id),
          id bigint generated always as identity,
          job_id bigint not null,
          line integer not null,
          at timestamptz not null,
          outcome text not null,
          field text,
          reason text,
          constraint import_row_pkey primary key (clinic_id, id),
          constraint import_row_clinic_id_job_id_fkey
            foreign key (clinic_id, job_id) references reminders.import_job (clinic_id, id),
          constraint import_row_clinic_id_job_id_line_key unique (clinic_id, job_id, line),
          constraint import_row_outcome_check check (outcome in ('ADDED', 'KNOWN', 'REFUSED'))
        )
    """)


def _retention() -> None:
    op.execute("""
        create table reminders.retention (
          clinic_id bigint not null references reminders.clinic (id),
          id bigint generated always as identity,
          kind text not null,
          days integer,
          purged_through timestamptz,
          constraint retention_pkey primary key (clinic_id, id),
          constraint retention_clinic_id_kind_key unique (clinic_id, kind),
          constraint retention_days_check check (days > 0)
        )
    """)
    op.execute("""
        create index contact_point_replaced on reminders.contact_point (clinic_id, replaced_at)
          where replaced_at is not null and address_sealed is not null
    """)
    op.execute("""
        create index staff_task_noted on reminders.staff_task (clinic_id, done_at)
          where note_sealed is not null
    """)
    op.execute("""
        create index check_in_answered on reminders.check_in (clinic_id, opened_at)
          where answer_sealed is not null
    """)
    op.execute("""
        create index escalation_noted on reminders.escalation (clinic_id, resolved_at)
          where reason_sealed is not null or note_sealed is not null
    """)
    op.execute("""
        create index patient_erased on reminders.patient (erased_at) where erased_at is not null
    """)


def downgrade() -> None:
    op.execute("drop index reminders.escalation_noted, reminders.check_in_answered")
    op.execute("drop index reminders.staff_task_noted, reminders.contact_point_replaced")
    op.execute("drop table reminders.retention, reminders.import_row, reminders.import_job")
    op.execute("drop table reminders.audit")
    op.execute("drop function reminders.keep_audit()")
    op.execute("alter table reminders.contact_point drop constraint contact_point_address_check")
    # An address that was forgotten cannot come back, so the old rule cannot either, for all rows.
    op.execute("""
        update reminders.contact_point set address_sealed = ''::bytea where address_sealed is null
    """)
    op.execute("alter table reminders.contact_point alter column address_sealed set not null")
    op.execute("""
        alter table reminders.patient
          drop column erased_at, drop column erased_by, drop column erase_reason_sealed
    """)
