"""Every place where something personal lies is known to those who have to empty it."""

from services.reminders.database.tables import metadata

ERASED = {
    "patient.name_sealed",
    "contact_point.address_sealed",
    "consent.evidence_sealed",
    "suppression.evidence_sealed",
    "suppression.lift_evidence_sealed",
    "enrollment.end_reason_sealed",
    "outbound.subject_sealed",
    "outbound.body_sealed",
    "inbound_message.text_sealed",
    "inbound_message.their_address_sealed",
    "staff_task.note_sealed",
    "check_in.answer_sealed",
    "escalation.reason_sealed",
    "escalation.note_sealed",
}
"""What storage/personal_data.py sets to null; add a new column there first, then here."""

NOT_OF_PATIENTS = {"patient.erase_reason_sealed", "alert_contact.address_sealed"}


def test_erasing_knows_every_sealed_column() -> None:
    sealed = {
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.c
        if column.name.endswith("_sealed")
    }

    assert sealed == ERASED | NOT_OF_PATIENTS
