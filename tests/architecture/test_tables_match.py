import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from services.reminders.database.tables import SCHEMA, metadata

NO_CLINICS = {
    "clinic",
    "inbox",
    "hold",
    "operation",
    "provider_state",
    "provider_change",
    "reading_rules",
}


def test_the_migrations_make_the_tables_that_statements_use(engine: sa.Engine) -> None:
    options = {
        "version_table": "migration",
        "version_table_schema": SCHEMA,
        "include_schemas": True,
        "include_name": lambda name, kind, _: kind != "schema" or name == SCHEMA,
    }
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)

        assert compare_metadata(context, metadata) == []


def test_every_table_can_be_partitioned_by_clinic() -> None:
    for table in metadata.tables.values():
        if table.name not in NO_CLINICS:
            assert [column.name for column in table.primary_key] == ["clinic_id", "id"]


def test_every_unique_key_starts_with_the_clinic() -> None:
    for table in metadata.tables.values():
        if table.name in NO_CLINICS:
            continue
        first = {
            next(iter(constraint.columns)).name
            for constraint in table.constraints
            if isinstance(constraint, sa.UniqueConstraint)
        }
        first |= {next(iter(index.columns)).name for index in table.indexes if index.unique}
        assert first <= {"clinic_id"}


def test_a_message_of_one_clinic_cannot_point_into_another() -> None:
    for table in metadata.tables.values():
        for reference in table.foreign_key_constraints:
            assert reference.column_keys[0] == "clinic_id"
