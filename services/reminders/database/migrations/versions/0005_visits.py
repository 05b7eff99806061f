"""Steps of one visit that are merged into one message."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        alter table reminders.outbound
          add column merged_into bigint,
          add constraint outbound_clinic_id_merged_into_fkey
            foreign key (clinic_id, merged_into) references reminders.outbound (clinic_id, id),
          add constraint outbound_merged_check
            check (state <> 'MERGED' or merged_into is not null)
    """)
    op.execute("""
        create index outbound_merged
          on reminders.outbound (clinic_id, merged_into) where merged_into is not null
    """)
    op.execute("""
        create index outbound_carried
          on reminders.outbound (useful_until, due_at) where state = 'MERGED'
    """)


def downgrade() -> None:
    op.execute("drop index reminders.outbound_carried, reminders.outbound_merged")
    op.execute("""
        update reminders.outbound
           set state = 'SCHEDULED', state_reason = 'UNMERGED' where state = 'MERGED'
    """)
    op.execute("alter table reminders.outbound drop column merged_into")
