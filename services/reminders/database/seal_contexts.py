"""The contexts of sealed values, and the indexes that find addresses.

A value that is copied to another column cannot be opened. Indexes are keyed digests, made only
here. No common mail host distinguishes `Ana@` from `ana@`, and somebody who has opted out must not
get mail because a form spells the address differently. So mail addresses are folded before they are
indexed. Mail is sent to the address as it was given (RFC 5321 §2.4).
"""

from typing import Final

from services.chassis.vault import Vault
from services.contracts.catalog import Channel

PATIENT_NAME: Final = "reminders.patient.name"
ADDRESS: Final = "reminders.contact_point.address"
CONSENT_EVIDENCE: Final = "reminders.consent.evidence"
END_REASON: Final = "reminders.enrollment.end_reason"
SUBJECT: Final = "reminders.outbound.subject"
BODY: Final = "reminders.outbound.body"
INBOUND_TEXT: Final = "reminders.inbound_message.text"
INBOUND_ADDRESS: Final = "reminders.inbound_message.address"
SUPPRESSION_EVIDENCE: Final = "reminders.suppression.evidence"
TASK_NOTE: Final = "reminders.staff_task.note"
CHECK_IN_ANSWER: Final = "reminders.check_in.answer"
ESCALATION_REASON: Final = "reminders.escalation.reason"
ESCALATION_NOTE: Final = "reminders.escalation.note"
ALERT_ADDRESS: Final = "reminders.alert_contact.address"
ERASE_REASON: Final = "reminders.patient.erase_reason"
IMPORT_FILE: Final = "reminders.import_job.file"
INPUT: Final = "reminders.idempotency.input"


def address_context(channel: Channel) -> str:
    """The index context of an address; contact points, suppressions and replies share it."""
    return f"reminders.address.{channel}"


def address_index(vault: Vault, channel: Channel, address: str) -> bytes:
    """Make the index under the newest key, to be stored."""
    return vault.index(_folded(channel, address), context=address_context(channel))


def address_indexes(vault: Vault, channel: Channel, address: str) -> list[bytes]:
    """Make the indexes under all keys, to search with."""
    context, folded = address_context(channel), _folded(channel, address)
    indexes = vault.indexes(folded, context=context)
    if (before := _in_unicode(folded)) != folded:
        indexes += vault.indexes(before, context=context)
    return indexes


def _in_unicode(address: str) -> str:
    """An email address with its domain in Unicode. Files of earlier releases stored such."""
    name, at, domain = address.rpartition("@")
    try:
        return name + at + domain.encode().decode("idna")
    except UnicodeError:
        return address


def _folded(channel: Channel, address: str) -> str:
    return address.casefold() if channel is Channel.EMAIL else address
