"""The ledger of consents; an entry never changes."""

import sqlalchemy as sa

from services.chassis.clock import product_now
from services.contracts.reminders import Scope
from services.reminders.database.repository import Repository
from services.reminders.database.tables import consent
from services.reminders.patients.domain.new_patient import NewConsent
from services.reminders.patients.storage.new_rows import consent_values


class ConsentRepository(Repository):
    def add(self, scope: Scope, new: NewConsent) -> int:
        return self._connection.execute(
            sa.insert(consent)
            .values(**consent_values(self._vault, scope, new), recorded_at=product_now)
            .returning(consent.c.id)
        ).scalar_one()
