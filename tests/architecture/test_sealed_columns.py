"""Erasing a patient empties every column in which something personal is sealed."""

from typing import Any

import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.words import Mode
from services.reminders.core.key import Key
from services.reminders.database.tables import metadata
from services.reminders.privacy.storage.personal_data import PersonalDataRepository

NOT_OF_PATIENTS = {"patient.erase_reason_sealed", "alert_contact.address_sealed"}


def columns_set_to_null(statement: object) -> set[str]:
    if not isinstance(statement, sa.Update) or not isinstance(statement.table, sa.Table):
        return set()
    values = statement.compile().params
    return {f"{statement.table.name}.{name}" for name, value in values.items() if value is None}


def test_erasing_empties_every_sealed_column(vault: Vault) -> None:
    emptied: set[str] = set()

    def record(statement: object, *_: Any, **__: Any) -> list[Any]:
        emptied.update(columns_set_to_null(statement))
        return []

    recorder: Any = sa.create_mock_engine("postgresql+psycopg://", record)
    PersonalDataRepository(recorder, vault).erase(Key(clinic_id=1, id=2, mode=Mode.LIVE))

    sealed = {
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.c
        if column.name.endswith("_sealed")
    }
    assert sealed - emptied == NOT_OF_PATIENTS
