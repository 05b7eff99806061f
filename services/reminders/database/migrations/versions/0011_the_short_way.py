"""Leave each statement of delivery one short way to its rows, whatever statistics say.

Right after many patients were imported, the two indexes of current contact points looked alike to
the planner, and it took the one that reads the whole clinic for each message. And what is leased
is few in its statistics and many in a burst, so beginning and ending a send read every row that
any worker had claimed, rather than their own by its key.
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        drop index reminders.contact_point_address;
        create index contact_point_address on reminders.contact_point (address_index, clinic_id);
        drop index reminders.outbound_lease;
        create index outbound_lease on reminders.outbound (lease_until)
          where lease_until is not null
        """
    )


def downgrade() -> None:
    op.execute(
        """
        drop index reminders.contact_point_address;
        create index contact_point_address on reminders.contact_point (address_index);
        drop index reminders.outbound_lease;
        create index outbound_lease on reminders.outbound (lease_until)
          where state in ('QUEUED', 'SENDING')
        """
    )
