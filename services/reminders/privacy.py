"""Puts together what is asked about privacy: erasing, exporting, importing, keeping."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from services.chassis.answer import CommandContext, Commander, Reader
from services.chassis.vault import Vault
from services.contracts import privacy as asks
from services.contracts.errors import Refusal
from services.reminders.addresses.reader import LibraryAddressReader, is_country
from services.reminders.storage.archive import Archive
from services.reminders.storage.audit import AuditTable
from services.reminders.storage.erasing import PatientFile
from services.reminders.storage.imports import BatchRegister, ImportLedger
from services.reminders.storage.retention import RetentionTable
from services.reminders.usecases.audit import list_audit
from services.reminders.usecases.books import Books
from services.reminders.usecases.erase_patient import erase_patient
from services.reminders.usecases.export_patient import export_patients
from services.reminders.usecases.import_patients import Newcomers
from services.reminders.usecases.import_rows import (
    Importing,
    import_rows,
    list_faults,
    start_import,
)
from services.reminders.usecases.keep_data import set_retention, show_retention

OpenBooks = Callable[[sa.Connection, CommandContext | None], Books]


def privacy_readers(open_books: OpenBooks, vault: Vault) -> Mapping[type[Any], Reader]:
    def audited(
        connection: sa.Connection, questions: Sequence[asks.ListAudit]
    ) -> list[asks.AuditPage | None]:
        return list_audit(open_books(connection, None), AuditTable(connection), questions)

    def export(
        connection: sa.Connection, questions: Sequence[asks.ExportPatient]
    ) -> list[asks.PatientExport | None]:
        books = open_books(connection, None)
        return export_patients(books, Archive(connection, vault), questions)

    def faults(
        connection: sa.Connection, questions: Sequence[asks.ListImportFaults]
    ) -> list[tuple[asks.RowFault, ...]]:
        return list_faults(ImportLedger(connection, vault), questions)

    def keeping(
        connection: sa.Connection, questions: Sequence[asks.ShowRetention]
    ) -> list[tuple[asks.Keeping, ...]]:
        return show_retention(RetentionTable(connection), questions)

    return {
        asks.ShowRetention: keeping,
        asks.ListAudit: audited,
        asks.ExportPatient: export,
        asks.ListImportFaults: faults,
    }


def privacy_commanders(open_books: OpenBooks, vault: Vault) -> Mapping[type[Any], Commander]:
    def erase(
        connection: sa.Connection, command: asks.ErasePatient, context: CommandContext
    ) -> asks.EraseReply:
        return erase_patient(
            open_books(connection, context), PatientFile(connection, vault), command
        )

    def start(
        connection: sa.Connection, command: asks.StartImport, _: CommandContext
    ) -> asks.ImportJob | Refusal:
        return start_import(ImportLedger(connection, vault), command)

    def take_rows(
        connection: sa.Connection, command: asks.ImportRows, context: CommandContext
    ) -> asks.BatchReply | Refusal:
        books, reader = open_books(connection, context), LibraryAddressReader()
        newcomers = Newcomers(
            books=books,
            register=BatchRegister(connection, vault),
            reader=reader,
            is_country=is_country,
        )
        desk = Importing(
            books=books,
            ledger=ImportLedger(connection, vault),
            audit=AuditTable(connection),
            newcomers=newcomers,
            reader=reader,
        )
        return import_rows(desk, command)

    def keep(
        connection: sa.Connection, command: asks.SetRetention, _: CommandContext
    ) -> asks.Keeping | Refusal:
        return set_retention(RetentionTable(connection), command)

    return {
        asks.ErasePatient: erase,
        asks.StartImport: start,
        asks.ImportRows: take_rows,
        asks.SetRetention: keep,
    }
