"""What every service's Alembic `env.py` does: one history per schema, one migrator at a time."""

import sqlalchemy as sa
from alembic import context

_LOCK = 7_233_110_231  # any number of our own: migrations of all schemas queue behind it


def run(metadata: sa.MetaData | None = None) -> None:
    """Run the migrations Alembic has selected, in one transaction, in the schema's own history."""
    attributes = context.config.attributes
    schema: str = attributes["schema"]
    engine = sa.create_engine(str(attributes["url"]), poolclass=sa.pool.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        connection.execute(sa.schema.CreateSchema(schema, if_not_exists=True))
        context.configure(
            connection=connection,
            target_metadata=metadata,
            version_table="migration",
            version_table_schema=schema,
            include_schemas=True,
            include_name=lambda name, kind, _: kind != "schema" or name == schema,
        )
        context.run_migrations()
    engine.dispose()
