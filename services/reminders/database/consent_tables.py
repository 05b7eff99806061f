"""Codes by which patients confirm, from a phone or mailbox, that messages may go there."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import BigInteger, Column, Index, LargeBinary, Named, Table, Text

from services.contracts.catalog import Channel
from services.reminders.database.columns import INSTANT, OneOf, Owned, metadata, of, only


class ConsentCodeColumns(Owned):
    """`sent_at`, `expires_at` and `used_at` are real time: a code is a guard, not care.

    `code_index` is an HMAC bound to the contact point; the code itself is nowhere but in the
    sealed message. A request for a patient that is not there is kept as well, so that limits
    tell nobody who is: `subject_index` is an HMAC of the id that was asked with, if any.
    """

    patient_id: Named[int | None] = Column(BigInteger)
    contact_point_id: Named[int | None] = Column(BigInteger)
    channel: Named[Channel] = Column(OneOf(Channel))
    subject_index: Named[bytes | None] = Column(LargeBinary)
    address_index: Named[bytes | None] = Column(LargeBinary)
    asked_by: Named[str] = Column(Text)
    code_index: Named[bytes | None] = Column(LargeBinary)
    tries: Named[int] = Column(sa.SmallInteger, server_default="0")
    sent_at: Named[datetime] = Column(INSTANT)
    expires_at: Named[datetime] = Column(INSTANT)
    used_at: Named[datetime | None] = Column(INSTANT)


consent_code = Table(
    "consent_code",
    metadata,
    ConsentCodeColumns,
    of("patient", "patient_id"),
    of("contact_point", "contact_point_id"),
    only("channel", Channel),
    Index("consent_code_patient", "clinic_id", "patient_id", "channel", "id"),
    Index("consent_code_subject", "clinic_id", "subject_index", "sent_at"),
    Index("consent_code_address", "address_index", "sent_at"),
    Index("consent_code_asked_by", "clinic_id", "asked_by", "sent_at"),
)
