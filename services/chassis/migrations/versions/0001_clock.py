"""The product's clock: one row, and a STABLE function that index conditions may use."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        create table chassis.clock (
          id boolean primary key default true check (id),
          product_at timestamptz not null,
          real_at timestamptz not null,
          rate double precision not null default 1 check (rate > 0 and rate <= 100000)
        )
    """)
    op.execute("insert into chassis.clock (product_at, real_at) values (now(), now())")
    op.execute("""
        create function chassis.product_now() returns timestamptz
        language sql stable parallel safe
        as $$
          select product_at
            + least((now() - real_at) * rate, '2099-12-31Z'::timestamptz - product_at)
          from chassis.clock
        $$
    """)


def downgrade() -> None:
    op.execute("drop function chassis.product_now()")
    op.execute("drop table chassis.clock")
