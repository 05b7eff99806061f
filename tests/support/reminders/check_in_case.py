"""A clinic whose patients get check-ins, and a clock that tests move."""

from datetime import timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

from services.chassis.answer import CommandContext
from services.chassis.clock import advance, product_now
from services.chassis.vault import Vault
from services.contracts.ask import Ask, Command, ReplyType
from services.contracts.catalog import AftercarePlan, Channel, StepKind
from services.contracts.check_in_questions import (
    AnswerText,
    CheckInChoice,
    CheckInQuestion,
    CheckInReplies,
    Nudge,
    Sign,
)
from services.contracts.check_ins import AddAlertContact
from services.contracts.incoming import RecordInbound
from services.contracts.reminders import Scope
from services.contracts.words import (
    AlertHours,
    CheckInLevel,
    EnrollmentStatus,
    Mode,
    ProcedureState,
    ReminderStatus,
    Role,
)
from services.reminders.check_ins.usecases.record_inbound import InboundEffect
from services.reminders.core.outbound import OutboundKind
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.tables import (
    alert,
    check_in,
    enrollment,
    escalation,
    inbound_message,
    outbound,
    plan_version,
    staff_task,
)
from tests.support.reminders.aftercare import handlers_of
from tests.support.reminders.due_messages import PHONE, SENDERS, DueMessages, plan, step
from tests.support.reminders.sending import Worker
from tests.support.reminders.units_of_work import CheckInRounds, receive_text, unit_of_work

QUESTION = CheckInQuestion(
    question="How is your skin today?",
    options=(
        CheckInChoice(value="1", label="Fine", level=CheckInLevel.GREEN, words=("good", "yes")),
        CheckInChoice(value="2", label="A bit worse", level=CheckInLevel.AMBER),
        CheckInChoice(value="3", label="Much worse", level=CheckInLevel.RED),
    ),
    signs=(
        Sign(code="INFECTION", level=CheckInLevel.RED, phrases=("pus", "fever")),
        Sign(code="HEAT", level=CheckInLevel.AMBER, phrases=("hot",)),
    ),
    nudge_after="PT4H",
    close_after="PT20H",
    replies=CheckInReplies(
        green=AnswerText(text="{{ clinic_name }}: thank you.", subject="Thank you"),
        amber=AnswerText(text="{{ clinic_name }}: we will call you today.", subject="Thank you"),
        red=AnswerText(text="{{ clinic_name }}: call {{ clinic_phone }} now.", subject="Call"),
        unclear=AnswerText(text="{{ clinic_name }}: a person will read this.", subject="Thanks"),
    ),
    nudge=Nudge(
        sms="{{ clinic_name }}: how are you? Reply {{ check_in_options }}.",
        email=AnswerText(text="How are you? {{ check_in_url }}", subject="How are you?"),
    ),
)
NUDGE_AFTER, CLOSE_AFTER = timedelta(hours=4), timedelta(hours=20)


def asking(question: CheckInQuestion = QUESTION) -> AftercarePlan:
    """A plan with two check-ins and a reminder."""
    asks = [
        msgspec.structs.replace(step(f"ask-{n}"), kind=StepKind.CHECK_IN, check_in=question)
        for n in range(2)
    ]
    return plan([*asks, step("wash")])


class CheckInCase:
    """One clinic, as its staff, its patients' phones, the worker and the dispatcher see it."""

    def __init__(
        self, engine: sa.Engine, vault: Vault, *, plan: AftercarePlan | None = None,
        name: str = "Rowan Clinic",
    ) -> None:  # fmt: skip
        self.due = DueMessages(engine, vault, name=name)
        self.worker = Worker(engine, vault)
        self.rounds = CheckInRounds(engine, vault)
        self._texts = 0
        self._pin(plan or asking())

    # ------------------------------------------------------------ what happens
    def ask_patient(self, step_key: str = "ask-0", **more: Any) -> int:
        """Send the reminder of a check-in now. Returns its id."""
        usual: dict[str, Any] = {
            "step_key": step_key,
            "step_kind": StepKind.CHECK_IN,
            "useful_for": timedelta(days=1),
        }
        reminder = self.due.remind(**usual | more)
        self.deliver()
        self.run_timers()
        return reminder

    def text(self, words: str, **more: Any) -> InboundEffect:
        self._texts += 1
        values: dict[str, Any] = {
            "provider": "twilio",
            "channel": Channel.SMS,
            "our_address": SENDERS[Channel.SMS],
            "their_address": PHONE,
            "text": words,
            "provider_message_id": f"SM{self._texts}",
            "received_at": self.now(),
        }
        return receive_text(self.due.engine, self.due.vault, RecordInbound(**values | more))

    def deliver(self) -> list[str]:
        """Send what is due on both channels. Returns the texts."""
        sent = self.worker.dispatcher.sent
        start = len(sent)
        for channel in (Channel.SMS, Channel.EMAIL):
            while self.worker.send_batch(channel):
                pass
        return [f"{message.to}: {message.text}" for message in sent[start:]]

    def run_timers(self) -> int:
        handled = self.rounds.run()
        assert self.rounds.failures == []
        return handled

    def wait(self, by: timedelta) -> None:
        """Advance the clock and run the timers."""
        with self.due.engine.begin() as connection:
            advance(connection, by)
        self.run_timers()

    def now(self) -> Any:
        with self.due.engine.connect() as connection:
            return connection.execute(sa.select(product_now)).scalar_one()

    # ------------------------------------------------------------ what staff do
    def scope(self, **changes: Any) -> Scope:
        usual: dict[str, Any] = {
            "clinic_id": self.due.clinic_id,
            "mode": Mode.LIVE,
            "role": Role.CLINICIAN,
            "actor": "key:1",
        }
        return Scope(**usual | changes)

    def ask(self, question: Ask[ReplyType]) -> ReplyType:
        with self.due.engine.connect() as connection:
            queries, _ = handlers_of(self.due.vault)
            reply: ReplyType = queries[type(question)](connection, [question])[0]
        return reply

    def do(self, command: Command[ReplyType]) -> ReplyType:
        _, commands = handlers_of(self.due.vault, self.rounds.events.append)
        context = CommandContext("test")
        with self.due.engine.begin() as connection:
            reply: ReplyType = commands[type(command)](connection, command, context)
        context.committed()
        return reply

    def alert(
        self, tier: int, address: str, *, hours: AlertHours = AlertHours.ALWAYS,
        channel: Channel = Channel.SMS,
    ) -> int:  # fmt: skip
        new = AddAlertContact(
            clinic_id=self.due.clinic_id, tier=tier, hours=hours, channel=channel, address=address
        )
        with unit_of_work(self.due.engine, self.due.vault) as uow:
            return uow.alert_contacts.put(new).id

    # ------------------------------------------------------------ what is stored
    def check_ins(self) -> list[sa.Row[Any]]:
        return self.due.rows_of(check_in)

    def levels(self) -> list[CheckInLevel]:
        return [row.level for row in self.check_ins()]

    def escalations(self) -> list[sa.Row[Any]]:
        return self.due.rows_of(escalation)

    def alerts(self) -> list[sa.Row[Any]]:
        return self.due.rows_of(alert)

    def tasks(self) -> list[str]:
        return [str(row.kind) for row in self.due.rows_of(staff_task) if row.done_at is None]

    def understood(self) -> list[str]:
        return [row.understood_as for row in self.due.rows_of(inbound_message)]

    def written(self, *kinds: OutboundKind) -> list[str]:
        """The texts of these kinds, sent or not."""
        return [
            self.due.vault.open_text(row.body_sealed, context=contexts.BODY)
            for row in self.due.rows_of(outbound)
            if row.kind in kinds
        ]

    def states(self, kind: OutboundKind) -> list[ReminderStatus]:
        return [row.state for row in self.due.rows_of(outbound) if row.kind is kind]

    def another_patient(self) -> dict[str, Any]:
        """Another patient of the clinic with the same phone and an enrollment in the same plan."""
        patient_id = self.due.add_patient()
        contact_id = self.due.add_contact(patient_id, Channel.SMS, PHONE)
        return {
            "patient_id": patient_id,
            "contact_point_id": contact_id,
            "enrollment_id": self._enroll(patient_id),
        }

    def _enroll(self, patient_id: int) -> int:
        [version] = self.due.rows_of(plan_version)
        statement = sa.insert(enrollment).values(
            clinic_id=self.due.clinic_id,
            mode=Mode.LIVE,
            patient_id=patient_id,
            plan_version_id=version.id,
            status=EnrollmentStatus.ACTIVE,
            procedure_at=self.now() - timedelta(days=3),
            procedure_state=ProcedureState.PERFORMED,
            created_at=self.now(),
        )
        with self.due.engine.begin() as connection:
            return connection.execute(statement.returning(enrollment.c.id)).scalar_one()

    def _pin(self, plan: AftercarePlan) -> None:
        with self.due.engine.begin() as connection:
            connection.execute(
                sa.update(plan_version)
                .where(plan_version.c.clinic_id == self.due.clinic_id)
                .values(content=msgspec.msgpack.encode(plan))
            )
