"""Writes alerts to staff, tier by tier, and tests whether a clinic's alerts arrive."""

from collections.abc import Sequence
from typing import Final

import msgspec

from services.contracts.catalog import Channel
from services.contracts.check_ins import AddAlertContact, AlertTestReply, SendTestAlert
from services.contracts.errors import Refusal, UserErrorCode, not_found, refuse
from services.contracts.reminders import ClinicRecord
from services.contracts.words import AlertHours, Mode
from services.reminders.check_ins.domain.alert import NewAlert
from services.reminders.check_ins.domain.alert_chain import (
    USEFUL_FOR,
    AlertRound,
    alert_round,
    on_duty,
)
from services.reminders.check_ins.domain.alert_texts import AlertText, alert_text, trial_text
from services.reminders.check_ins.domain.escalation import DueEscalation
from services.reminders.check_ins.domain.outbox_message import OutboxMessage
from services.reminders.check_ins.storage.unit_of_work import CheckInsUnitOfWork
from services.reminders.clinics.domain.alert_contact import (
    OPERATOR_TIER,
    AlertContact,
)
from services.reminders.core.clinic import is_open
from services.reminders.core.outbound import OutboundKind
from services.reminders.core.windows import NoSuchZone
from services.reminders.rendering.links import SignedLinks

FIRST_REPEAT: Final = 4
"""The tier from which an alert says that nobody has acknowledged it yet."""


class OperatorAddress(msgspec.Struct, frozen=True):
    """Where the operator of the product is paged."""

    channel: Channel
    address: str


def alert_staff(
    uow: CheckInsUnitOfWork,
    escalation: DueEscalation,
    operators: tuple[OperatorAddress, ...],
    links: SignedLinks,
) -> AlertRound:
    """Write the alerts of the escalation's tier, and return which tier follows when."""
    clinic = uow.clinics.get([escalation.clinic_id])[escalation.clinic_id]
    contacts = uow.alert_contacts.of_clinic(clinic.id)
    due = alert_round(
        escalation.tier, escalation.alerted_from, _on_duty(uow, clinic, contacts), now=uow.now()
    )
    due_ids = {on_call.id for on_call in due.contacts}
    alerted = [contact for contact in contacts if contact.id in due_ids]
    if due.pages_operator:
        alerted += [_operator_contact(uow, clinic, operator) for operator in operators]
    for contact in alerted:
        _alert(uow, clinic, escalation, contact, links, due.tier)
    return due


def send_test_alert(
    uow: CheckInsUnitOfWork, command: SendTestAlert, *, links: SignedLinks
) -> AlertTestReply | Refusal:
    """Send a test to all contacts at any hour. The first confirmation proves the chain."""
    clinic = uow.clinics.get([command.clinic_id]).get(command.clinic_id)
    if clinic is None:
        return not_found("clinic")
    contacts = uow.alert_contacts.of_clinic(clinic.id)
    if not contacts:
        message = "The clinic alerts nobody yet: add somebody with `clinics alerts add`."
        return refuse(UserErrorCode.REQUIRED, message, "clinic_id")
    for contact in contacts:
        new = NewAlert(clinic_id=clinic.id, escalation_id=None, alert_contact_id=contact.id)
        alert_id = uow.alerts.add(new)
        if alert_id is not None:
            url = links.alert_url(clinic.id, alert_id)
            name = clinic.name_on(contact.channel)
            text = trial_text(clinic=name, locale=clinic.locale, url=url)
            _send(uow, contact, alert_id, text, Mode.LIVE)
    return AlertTestReply(sent=len(contacts))


def _on_duty(
    uow: CheckInsUnitOfWork, clinic: ClinicRecord, contacts: Sequence[AlertContact]
) -> tuple[AlertContact, ...]:
    """Returns all contacts if the clinic's time zone is unknown."""
    try:
        return on_duty(contacts, is_open=is_open(clinic, uow.now()))
    except NoSuchZone:
        return tuple(contacts)


def _alert(
    uow: CheckInsUnitOfWork,
    clinic: ClinicRecord,
    escalation: DueEscalation,
    contact: AlertContact,
    links: SignedLinks,
    tier: int,
) -> None:
    alert_id = uow.alerts.add(
        NewAlert(
            clinic_id=clinic.id,
            escalation_id=escalation.id,
            alert_contact_id=contact.id,
            round=escalation.round,
            tier=tier,
        )
    )
    if alert_id is None:
        return
    text = alert_text(
        clinic=clinic.name_on(contact.channel),
        locale=clinic.locale,
        number=escalation.id,
        url=links.alert_url(clinic.id, alert_id),
        must_phone=escalation.must_phone,
        is_repeated=tier >= FIRST_REPEAT,
    )
    _send(uow, contact, alert_id, text, escalation.mode)


def _send(
    uow: CheckInsUnitOfWork, contact: AlertContact, alert_id: int, text: AlertText, mode: Mode
) -> None:
    outbound_id = uow.outbox.put(
        OutboxMessage(
            kind=OutboundKind.STAFF_ALERT,
            mode=mode,
            clinic_id=contact.clinic_id,
            alert_contact_id=contact.id,
            channel=contact.channel,
            text=text.text,
            subject=text.subject if contact.channel is Channel.EMAIL else None,
            useful_for=USEFUL_FOR,
        )
    )
    uow.alerts.set_outbound(contact.clinic_id, alert_id, outbound_id)


def _operator_contact(
    uow: CheckInsUnitOfWork, clinic: ClinicRecord, operator: OperatorAddress
) -> AlertContact:
    """Store the operator as a contact of the clinic: every alert belongs to a contact."""
    return uow.alert_contacts.put(
        AddAlertContact(
            clinic_id=clinic.id,
            tier=OPERATOR_TIER,
            hours=AlertHours.ALWAYS,
            channel=operator.channel,
            address=operator.address,
        )
    )
