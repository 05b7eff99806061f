"""Names for texts, and texts that go out as several messages."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Null: as proposed from the name, so clinics that exist have one at once.
    op.execute("alter table reminders.clinic add column sms_name text")
    op.execute("alter table reminders.sender add column most_parts smallint")
    op.execute("""
        alter table reminders.delivery_attempt
          add column part smallint not null default 1,
          add column text_until integer
    """)
    op.execute("drop index reminders.delivery_attempt_once")
    op.execute("""
        create unique index delivery_attempt_once
          on reminders.delivery_attempt (clinic_id, outbound_id, part)
          where outcome in ('OPEN', 'ACCEPTED', 'UNKNOWN')
    """)


def downgrade() -> None:
    # The older release would send a text whose first part has left all over again.
    op.execute("""
        do $$ begin
          if exists (
            select from reminders.delivery_attempt a
            join reminders.outbound o on o.clinic_id = a.clinic_id and o.id = a.outbound_id
            where a.text_until is not null and a.outcome = 'ACCEPTED'
              and o.state in ('SCHEDULED', 'QUEUED', 'SENDING', 'UNKNOWN')
          ) then
            raise exception 'parts of some texts have left, and the rest has not'
              using hint = 'let workers run until none is left, and settle those that are unknown';
          end if;
        end $$
    """)
    # The older release knows one accepted attempt for a message: the last part's stays.
    op.execute("""
        update reminders.delivery_attempt earlier
        set outcome = 'REJECTED_FOR_NOW', code = 'PART_OF_A_TEXT'
        where outcome = 'ACCEPTED' and exists (
          select from reminders.delivery_attempt later
          where later.clinic_id = earlier.clinic_id and later.outbound_id = earlier.outbound_id
            and later.part > earlier.part
            and later.outcome in ('OPEN', 'ACCEPTED', 'UNKNOWN'))
    """)
    op.execute("drop index reminders.delivery_attempt_once")
    op.execute("""
        create unique index delivery_attempt_once
          on reminders.delivery_attempt (clinic_id, outbound_id)
          where outcome in ('OPEN', 'ACCEPTED', 'UNKNOWN')
    """)
    op.execute("""
        alter table reminders.delivery_attempt drop column part, drop column text_until
    """)
    op.execute("alter table reminders.sender drop column most_parts")
    op.execute("alter table reminders.clinic drop column sms_name")
