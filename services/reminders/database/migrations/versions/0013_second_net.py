"""Tasks that climb the alert chain, and escalations that alert in several rounds."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table reminders.staff_task add column climbs_at timestamptz")
    op.execute("""
        create index staff_task_climbing on reminders.staff_task (climbs_at)
          where climbs_at is not null and done_at is null
    """)
    op.execute("""
        alter table reminders.escalation
          add column round smallint not null default 0,
          add column alerted_from timestamptz
    """)
    op.execute("""
        alter table reminders.alert
          add column round smallint not null default 0,
          drop constraint alert_clinic_id_escalation_id_rung_alert_contact_id_key,
          add constraint alert_once
            unique (clinic_id, escalation_id, round, rung, alert_contact_id)
    """)


def downgrade() -> None:
    # Alerts of later rounds repeat steps of the first one. They go to steps of their own, which
    # keeps every row and the order in which the steps were taken.
    op.execute("""
        update reminders.alert set rung = rung + 1000 * round where round > 0
    """)
    op.execute("""
        alter table reminders.alert
          drop constraint alert_once,
          drop column round,
          add constraint alert_clinic_id_escalation_id_rung_alert_contact_id_key
            unique (clinic_id, escalation_id, rung, alert_contact_id)
    """)
    op.execute("""
        update reminders.escalation set rung = rung + 1000 * round where round > 0
    """)
    op.execute("alter table reminders.escalation drop column round, drop column alerted_from")
    op.execute("drop index reminders.staff_task_climbing")
    op.execute("alter table reminders.staff_task drop column climbs_at")
