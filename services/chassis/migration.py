"""The common part of all Alembic `env.py`: one history a schema, one migrator at a time."""

import sqlalchemy as sa
from alembic import context

_LOCK = 7_233_110_231  # an arbitrary number; migrations of all schemas wait for this lock


def run(metadata: sa.MetaData | None = None) -> None:
    """Run the selected migrations in one transaction, with the schema's own history."""
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
