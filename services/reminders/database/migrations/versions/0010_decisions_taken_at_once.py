"""Keep decisions that were taken at once in one row.

Planning takes about four for each message, and rows with their indexes and references cost more
than all the rest of it. The reference to the clinic goes: the one to the message holds it.
"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        alter table reminders.decision
          add column further jsonb,
          drop constraint decision_clinic_id_fkey
        """
    )


def downgrade() -> None:
    # Every decision about such a message is written anew: they are read in the order of their ids.
    op.execute(
        """
        with old as (
          delete from reminders.decision
            where (clinic_id, outbound_id) in (
              select clinic_id, outbound_id from reminders.decision where further is not null
            )
            returning *
        )
        insert into reminders.decision (clinic_id, outbound_id, at, code, detail)
          select old.clinic_id, old.outbound_id, old.at, each.code, each.detail
            from old cross join lateral (
              select old.code, old.detail, 0 as number
              union all
              select one ->> 0, one ->> 1, number
                from jsonb_array_elements(coalesce(old.further, '[]')) with ordinality
                  as more (one, number)
            ) as each
            order by old.id, each.number
        """
    )
    op.execute(
        """
        alter table reminders.decision
          drop column further,
          add constraint decision_clinic_id_fkey
            foreign key (clinic_id) references reminders.clinic (id)
        """
    )
