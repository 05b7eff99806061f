"""After a STOP, only its confirmation is texted to that phone, whatever else happens."""

from datetime import timedelta
from itertools import count
from typing import Any

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.chassis.vault import Vault
from services.contracts.catalog import Channel
from services.contracts.incoming import RecordInbound
from services.contracts.patients import UpdatePatient
from services.contracts.reminders import RecordConsent
from services.contracts.words import Role
from tests.support.reminders.aftercare import NOW, OURS, Clinic, consent, set_clock
from tests.support.reminders.sending import Worker
from tests.support.reminders.units_of_work import receive_text

EVENTS = st.lists(
    st.sampled_from(["wait", "enroll", "grant", "form", "move", "rename", "chat", "email"]),
    max_size=6,
)
_NUMBERS = count(1000)


class Life:
    """A patient of a clinic, and everything that reaches their phone."""

    def __init__(self, clinic: Clinic, engine: sa.Engine, vault: Vault) -> None:
        number = next(_NUMBERS)
        self.phone = f"+35191234{number}"
        self._clinic = clinic
        self._engine = engine
        self._vault = vault
        self._worker = Worker(engine, vault)
        self._texts = count()
        self._now = NOW
        set_clock(engine)
        self._id = clinic.register(phone=self.phone, email=f"p{number}@example.com").id

    def live(self, event: str) -> None:
        """Let an event happen that does not opt the patient in again."""
        scope = self._clinic.scope()
        if event == "wait":
            self.wait(timedelta(hours=20))
        elif event == "enroll":
            at = self._now + timedelta(days=2)
            self._clinic.service.do(self._clinic.enrollment(self._id, procedure_at=at))
        elif event in {"grant", "form"}:
            role = Role.STAFF if event == "grant" else Role.FRONT_END
            scope = self._clinic.scope(role=role)
            resumed = consent(Channel.SMS)
            command = RecordConsent(scope=scope, patient_id=self._id, consent=resumed)
            self._clinic.service.do(command)
        elif event == "chat":
            self.say("how are you")
        else:
            changes: dict[str, Any] = {
                "move": {"time_zone": "Europe/Madrid"},
                "rename": {"display_name": "Bea", "phone": self.phone},
                "email": {"email": f"other{self._id}@example.com"},
            }[event]
            command_ = UpdatePatient(scope=scope, patient_id=self._id, **changes)
            self._clinic.service.do(command_)

    def say(self, words: str) -> None:
        inbound = RecordInbound(
            provider="twilio",
            channel=Channel.SMS,
            our_address=OURS,
            their_address=self.phone,
            text=words,
            provider_message_id=f"SM-{self.phone}-{next(self._texts)}",
            received_at=self._now,
        )
        receive_text(self._engine, self._vault, inbound)

    def wait(self, by: timedelta) -> None:
        self._now += by
        set_clock(self._engine, self._now)
        for _ in range(10):
            if not self._worker.send_batch(Channel.SMS):
                break

    def texts(self) -> list[str]:
        return [
            message.text for message in self._worker.dispatcher.sent if message.to == self.phone
        ]


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(before=EVENTS, after=EVENTS)
def test_after_a_stop_nothing_but_its_confirmation_is_texted(
    clinic: Clinic, engine: sa.Engine, vault: Vault, before: list[str], after: list[str]
) -> None:
    life = Life(clinic, engine, vault)
    for event in before:
        life.live(event)
    life.say("Stop.")
    sent = len(life.texts())
    life.wait(timedelta(minutes=1))
    for event in after:
        life.live(event)
    for _ in range(5):
        life.wait(timedelta(days=8))

    assert len(life.texts()) - sent == 1
    assert "no more texts" in life.texts()[-1]


def test_without_a_stop_the_patient_is_texted(
    clinic: Clinic, engine: sa.Engine, vault: Vault
) -> None:
    life = Life(clinic, engine, vault)
    life.live("enroll")
    for _ in range(4):
        life.wait(timedelta(hours=12))

    assert life.texts()
