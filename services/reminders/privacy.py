"""Puts together what is asked about privacy: erasing, exporting, importing, keeping."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from services.chassis.answer import CommandContext, Commander, Reader
from services.chassis.vault import Vault
from services.contracts import privacy as asks
from services.reminders.storage.audit import AuditTable
from services.reminders.storage.erasing import PatientFile
from services.reminders.usecases.audit import list_audit
from services.reminders.usecases.books import Books
from services.reminders.usecases.erase_patient import erase_patient

OpenBooks = Callable[[sa.Connection, CommandContext | None], Books]


def privacy_readers(open_books: OpenBooks) -> Mapping[type[Any], Reader]:
    def audited(
        connection: sa.Connection, questions: Sequence[asks.ListAudit]
    ) -> list[asks.AuditPage | None]:
        return list_audit(open_books(connection, None), AuditTable(connection), questions)

    return {asks.ListAudit: audited}


def privacy_commanders(open_books: OpenBooks, vault: Vault) -> Mapping[type[Any], Commander]:
    def erase(
        connection: sa.Connection, command: asks.ErasePatient, context: CommandContext
    ) -> asks.EraseReply:
        return erase_patient(
            open_books(connection, context), PatientFile(connection, vault), command
        )

    return {asks.ErasePatient: erase}
