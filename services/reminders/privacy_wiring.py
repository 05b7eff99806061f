"""Puts together what is asked about privacy: erasing, exporting, importing, keeping."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from services.chassis.answer import CommandContext, CommandHandler, QueryHandler
from services.chassis.vault import Vault
from services.contracts import privacy as asks
from services.contracts.errors import Refusal
from services.reminders.addresses.reader import LibraryAddressReader, is_country
from services.reminders.database.audit_log import AuditRepository
from services.reminders.privacy.storage.archive import Archive
from services.reminders.privacy.storage.erasing import PatientFile
from services.reminders.privacy.storage.retention import RetentionRepository
from services.reminders.privacy.usecases.audit import list_audit
from services.reminders.privacy.usecases.erase_patient import erase_patient
from services.reminders.privacy.usecases.export_patient import export_patients
from services.reminders.privacy.usecases.keep_data import set_retention, show_retention
from services.reminders.registration.storage.imports import BatchRegister, ImportLedger
from services.reminders.registration.usecases.import_patients import Newcomers
from services.reminders.registration.usecases.import_rows import (
    Importing,
    import_rows,
    list_faults,
    start_import,
)
from services.reminders.unit_of_work import RemindersUnitOfWork

OpenUnitOfWork = Callable[[sa.Connection, CommandContext | None], RemindersUnitOfWork]


def privacy_readers(open_uow: OpenUnitOfWork, vault: Vault) -> Mapping[type[Any], QueryHandler]:
    privacy = Privacy(open_uow, vault)
    return {
        asks.ShowRetention: privacy.show_retention,
        asks.ListAudit: privacy.list_audit,
        asks.ExportPatient: privacy.export,
        asks.ListImportFaults: privacy.list_faults,
    }


def privacy_commanders(
    open_uow: OpenUnitOfWork, vault: Vault
) -> Mapping[type[Any], CommandHandler]:
    privacy = Privacy(open_uow, vault)
    return {
        asks.ErasePatient: privacy.erase,
        asks.StartImport: privacy.start_import,
        asks.ImportRows: privacy.import_rows,
        asks.SetRetention: privacy.set_retention,
    }


class Privacy:
    """Each in the transaction it is given."""

    def __init__(self, open_uow: OpenUnitOfWork, vault: Vault) -> None:
        self._open_uow = open_uow
        self._vault = vault
        self._reader = LibraryAddressReader()

    def show_retention(
        self, connection: sa.Connection, questions: Sequence[asks.ShowRetention]
    ) -> list[tuple[asks.Keeping, ...]]:
        return show_retention(RetentionRepository(connection), questions)

    def list_audit(
        self, connection: sa.Connection, questions: Sequence[asks.ListAudit]
    ) -> list[asks.AuditPage | None]:
        return list_audit(self._open_uow(connection, None), AuditRepository(connection), questions)

    def export(
        self, connection: sa.Connection, questions: Sequence[asks.ExportPatient]
    ) -> list[asks.PatientExport | None]:
        uow = self._open_uow(connection, None)
        return export_patients(uow, Archive(connection, self._vault), questions)

    def list_faults(
        self, connection: sa.Connection, questions: Sequence[asks.ListImportFaults]
    ) -> list[tuple[asks.RowFault, ...]]:
        return list_faults(ImportLedger(connection, self._vault), questions)

    def erase(
        self, connection: sa.Connection, command: asks.ErasePatient, context: CommandContext
    ) -> asks.EraseReply:
        uow = self._open_uow(connection, context)
        return erase_patient(uow, PatientFile(connection, self._vault), command)

    def start_import(
        self, connection: sa.Connection, command: asks.StartImport, _: CommandContext
    ) -> asks.ImportJob | Refusal:
        return start_import(ImportLedger(connection, self._vault), command)

    def import_rows(
        self, connection: sa.Connection, command: asks.ImportRows, context: CommandContext
    ) -> asks.BatchReply | Refusal:
        uow = self._open_uow(connection, context)
        newcomers = Newcomers(
            uow=uow,
            register=BatchRegister(connection, self._vault),
            reader=self._reader,
            is_country=is_country,
        )
        desk = Importing(
            uow=uow,
            ledger=ImportLedger(connection, self._vault),
            audit=AuditRepository(connection),
            newcomers=newcomers,
            reader=self._reader,
        )
        return import_rows(desk, command)

    def set_retention(
        self, connection: sa.Connection, command: asks.SetRetention, _: CommandContext
    ) -> asks.Keeping | Refusal:
        return set_retention(RetentionRepository(connection), command)
