"""Senders: whose account they are of, in which country, and how their patients can say stop."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
alter table reminders.sender
  add column country text,
  add column is_two_way boolean default true not null,
  add column account text,
  add column secret_file text,
  add column data_agreement text,
  add column opt_out_way text,
  add column postal_address text,
  add constraint sender_account_check check ((account is null) = (secret_file is null));
""")


def downgrade() -> None:
    op.execute("""
alter table reminders.sender
  drop constraint sender_account_check,
  drop column country,
  drop column is_two_way,
  drop column account,
  drop column secret_file,
  drop column data_agreement,
  drop column opt_out_way,
  drop column postal_address;
""")
