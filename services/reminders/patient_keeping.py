"""Puts together what is asked about clinics, patients and their consents."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import sqlalchemy as sa

from services.chassis.answer import CommandContext, CommandHandler, QueryHandler
from services.chassis.vault import Vault
from services.contracts.clinics import ChangeClinic, SuspendClinic
from services.contracts.patients import ConfirmConsent, ListPatients, PatientPage, UpdatePatient
from services.contracts.reminders import PatientReply, RecordConsent, RegisterPatient
from services.reminders.addresses.reader import LibraryAddressReader, is_country
from services.reminders.clinics.storage.clinics import ClinicRepository
from services.reminders.clinics.usecases.change_clinic import change_clinic, suspend_clinic
from services.reminders.enrollments.storage.enrollment_life import EnrollmentLifeRepository
from services.reminders.operations.storage.operations import OperationRepository
from services.reminders.patients.storage.patient_lists import PatientListRepository
from services.reminders.patients.usecases.list_patients import list_patients
from services.reminders.registration.storage.consent_codes import ConsentCodeRepository
from services.reminders.registration.storage.patient_changes import PatientChangeRepository
from services.reminders.registration.usecases.confirm_consent import confirm_consent
from services.reminders.registration.usecases.record_consent import record_consent
from services.reminders.registration.usecases.register_patient import register_patient
from services.reminders.registration.usecases.update_patient import UpdatePatientDeps as UpdateDesk
from services.reminders.registration.usecases.update_patient import update_patient
from services.reminders.unit_of_work import RemindersUnitOfWork

OpenUnitOfWork = Callable[[sa.Connection, CommandContext | None], RemindersUnitOfWork]


class Keeping:
    """Every command in a transaction of its own."""

    def __init__(self, uow: OpenUnitOfWork, vault: Vault) -> None:
        self._books = uow
        self._vault = vault
        self._reader = LibraryAddressReader()

    def commanders(self) -> Mapping[type[Any], CommandHandler]:
        register = partial(register_patient, reader=self._reader, is_country=is_country)
        return {
            ChangeClinic: self._change_clinic,
            SuspendClinic: self._suspend_clinic,
            RegisterPatient: self._with_codes(register),
            RecordConsent: self._with_codes(record_consent),
            ConfirmConsent: self._with_codes(confirm_consent),
            UpdatePatient: self._update_patient,
        }

    def readers(self) -> Mapping[type[Any], QueryHandler]:
        return {ListPatients: self._list_patients}

    def _list_patients(
        self, connection: sa.Connection, asked: Sequence[ListPatients]
    ) -> Sequence[PatientPage]:
        lists = PatientListRepository(connection, self._vault)
        return list_patients(self._books(connection, None), lists, asked, reader=self._reader)

    def _with_codes(
        self, act: Callable[[RemindersUnitOfWork, ConsentCodeRepository, Any], PatientReply]
    ) -> CommandHandler:
        return lambda connection, command, context: act(
            self._books(connection, context),
            ConsentCodeRepository(connection, self._vault),
            command,
        )

    def _update_patient(
        self, connection: sa.Connection, command: UpdatePatient, context: CommandContext
    ) -> object:
        desk = UpdateDesk(
            uow=self._books(connection, context),
            changes=PatientChangeRepository(connection, self._vault),
            life=EnrollmentLifeRepository(connection, self._vault),
            reader=self._reader,
            is_country=is_country,
        )
        return update_patient(desk, command)

    def _change_clinic(
        self, connection: sa.Connection, command: ChangeClinic, context: CommandContext
    ) -> object:
        uow, clinics = self._books(connection, context), ClinicRepository(connection)
        return change_clinic(uow, clinics, command, reader=self._reader, is_country=is_country)

    def _suspend_clinic(
        self, connection: sa.Connection, command: SuspendClinic, context: CommandContext
    ) -> object:
        uow, clinics = self._books(connection, context), ClinicRepository(connection)
        return suspend_clinic(uow, clinics, OperationRepository(connection), command)
