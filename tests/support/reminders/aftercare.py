"""A small clinic, its plan and its patients, for tests of the reminders service."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

import sqlalchemy as sa

from services.chassis.answer import CommandContext, CommandHandler, QueryHandler
from services.chassis.settings import Secret
from services.chassis.vault import Vault
from services.contracts import reminders as asks
from services.contracts import words
from services.contracts.ask import Ask, Command, ReplyType
from services.contracts.catalog import (
    AftercarePlan,
    AftercareStep,
    Channel,
    LatePolicy,
    MessageBody,
    Purpose,
    StepKind,
    StepMessages,
)
from services.contracts.content import ClinicPlan, PlanReview, Problem
from services.contracts.enrollments import FindEnrollments
from services.contracts.events import Event
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.tables import SCHEMA, metadata, suppression
from services.reminders.enrollments.usecases.eligibility import PlanSource
from services.reminders.handlers import command_handlers, query_handlers
from services.reminders.privacy.auditing import audited_command, audited_query
from services.reminders.settings import RemindersSettings
from services.reminders.unit_of_work import UnitOfWorkFactory
from services.reminders.wiring import handler_deps
from tests.support.reading_rules import ShippedReaders

E = TypeVar("E")

NOW = datetime(2027, 3, 10, 12, tzinfo=UTC)
"""Product time when a Service begins: noon in Lisbon, where no clock changes that week."""

OVER_AT = NOW - timedelta(hours=1)
"""When a procedure ended that is known to be over."""

OURS = "+12025550100"
PHONE = "+351912345678"
EMAIL = "ana@example.com"


def step(key: str, **changes: Any) -> AftercareStep:
    """A care step at ten in the morning two days after, unless told otherwise."""
    messages = MessageBody(text=f"{{{{ patient_name }}}}, a note about {key}.", subject="A note")
    full = MessageBody(text=f"Your peel: a note about {key}.", subject="Your peel")
    usual: dict[str, Any] = {
        "key": key,
        "kind": StepKind.CARE,
        "purpose": Purpose.CARE,
        "title": f"About {key}",
        "body": (),
        "useful_for": "P1D",
        "channels": (Channel.SMS, Channel.EMAIL),
        "messages": dict.fromkeys(
            (Channel.SMS, Channel.EMAIL), StepMessages(discreet=messages, detailed=full)
        ),
    }
    if "after" not in changes:
        usual |= {"day": 2, "at": "10:00"}
    return AftercareStep(**(usual | changes))


PLAN = AftercarePlan(
    slug="peel-care",
    title="After a peel",
    summary="What to do.",
    served_locale="en",
    reviewed_at=date(2026, 11, 1),
    version=1,
    content_hash="h1",
    procedures=("peel",),
    steps=(
        step("prepare", kind=StepKind.PREPARE, after="-PT24H", useful_for="PT20H"),
        step("today", after="PT0S", late=LatePolicy.SEND_NOW, urgent=True),
        step("wash"),
        step("call", kind=StepKind.CLINICIAN_TASK, channels=(), day=3),
        step("again", kind=StepKind.REBOOK, purpose=Purpose.MARKETING, day=30, useful_for="P7D"),
    ),
)


def set_clock(engine: sa.Engine, at: datetime = NOW) -> None:
    with engine.begin() as connection:
        connection.execute(
            sa.text("update chassis.clock set product_at = :at, real_at = now()"), {"at": at}
        )


def happened(engine: sa.Engine) -> None:
    """Every procedure took place, as if staff had said so."""
    with engine.begin() as connection:
        connection.execute(sa.text("update reminders.enrollment set procedure_state = 'PERFORMED'"))


class FixedPlans:
    """A content service that has the plans it was given, all signed off unless told otherwise."""

    def __init__(self, *plans: AftercarePlan) -> None:
        self.plans = {plan.slug: plan for plan in plans}
        self.is_signed = True
        self.interval_days: float | None = None
        self.conflicts: tuple[Problem, ...] = ()

    def plan(self, clinic_id: int | None, slug: str, locale: str) -> ClinicPlan | None:
        del clinic_id, locale
        plan = self.plans.get(slug)
        if plan is None:
            return None
        review = PlanReview(
            reviewer="Dr. Ada Example", reviewed_at=NOW, content_hash=plan.content_hash
        )
        return ClinicPlan(
            plan=plan,
            release="r1",
            interval_days=self.interval_days,
            review=review if self.is_signed else None,
            conflicts=self.conflicts,
        )


def settings_of(**more: Any) -> RemindersSettings:
    """The settings of a service that needs no server for what is tested."""
    usual: dict[str, Any] = dict.fromkeys(
        ("database_url", "redis_url", "data_keys", "index_keys", "secret_key"), Secret("")
    )
    return RemindersSettings(**usual | more)


def handlers_of(
    vault: Vault,
    publish: Callable[[Event], None] = lambda _: None,
    source: PlanSource | None = None,
    settings: RemindersSettings | None = None,
) -> tuple[dict[type[Any], QueryHandler], dict[type[Any], CommandHandler]]:
    """How the service answers every ask."""
    units = UnitOfWorkFactory(vault, publish)
    deps = handler_deps(settings or settings_of(), source or FixedPlans(PLAN), ShippedReaders())
    return query_handlers(units, deps), command_handlers(units, deps)


class Service:
    """Answers asks as the service does, without a stream between."""

    def __init__(
        self, engine: sa.Engine, vault: Vault, *, env: str = "development", texts_from: str = OURS,
        **more: Any,
    ) -> None:  # fmt: skip
        settings = settings_of(
            afterglow_env=env, twilio_from=texts_from, email_from="care@clinic.example", **more
        )
        self.events: list[object] = []
        self.source = FixedPlans(PLAN)
        self._queries, self._commands = handlers_of(
            vault, self.events.append, self.source, settings
        )
        self._engine = engine
        self.vault = vault
        set_clock(engine)

    def ask(self, question: Ask[ReplyType]) -> ReplyType:
        return self.ask_all([question])[0]

    def ask_all(self, questions: Sequence[Ask[ReplyType]]) -> Sequence[ReplyType]:
        with self._engine.connect() as connection:
            answers: Sequence[ReplyType] = self._queries[type(questions[0])](connection, questions)
        return answers

    def do(self, command: Command[ReplyType]) -> ReplyType:
        context = CommandContext("test")
        with self._engine.begin() as connection:
            reply: ReplyType = self._commands[type(command)](connection, command, context)
        context.committed()
        return reply

    def audited(self) -> dict[type[Any], CommandHandler]:
        """The commands with the audit around them, as the service's process has them."""
        return {kind: audited_command(handler) for kind, handler in self._commands.items()}

    def audited_reads(self) -> dict[type[Any], QueryHandler]:
        return {kind: audited_query(handler) for kind, handler in self._queries.items()}

    def events_of(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    def count(self, table: str, **values: object) -> int:
        rows = metadata.tables[f"{SCHEMA}.{table}"]
        wanted = (rows.c[name] == value for name, value in values.items())
        query = sa.select(sa.func.count()).select_from(rows).where(*wanted)
        with self._engine.connect() as connection:
            return int(connection.execute(query).scalar_one())

    def suppress(
        self, clinic: "Clinic", channel: Channel, address: str, reason: words.SuppressionReason
    ) -> None:
        index = self.vault.index(address, context=contexts.address_context(channel))
        with self._engine.begin() as connection:
            connection.execute(
                sa.insert(suppression).values(
                    clinic_id=clinic.record.id,
                    channel=channel,
                    address_index=index,
                    reason=reason,
                    since=NOW,
                )
            )


class Clinic:
    """One clinic and what its staff does."""

    def __init__(
        self, service: Service, name: str = "Rowan Clinic", phone: str | None = "+351210000000"
    ) -> None:
        made = service.do(
            asks.CreateClinic(name=name, time_zone="Europe/Lisbon", country="PT", phone=phone)
        )
        assert isinstance(made, asks.ClinicRecord)
        self.service = service
        self.record = made
        self._keys = 0

    def scope(self, **changes: Any) -> asks.Scope:
        usual: dict[str, Any] = {
            "clinic_id": self.record.id,
            "mode": words.Mode.LIVE,
            "role": words.Role.STAFF,
            "actor": "key:1",
        }
        return asks.Scope(**(usual | changes))

    def registration(self, **changes: Any) -> asks.RegisterPatient:
        self._keys += 1
        usual: dict[str, Any] = {
            "scope": self.scope(),
            "idempotency_key": f"r{self._keys}",
            "display_name": "Ana",
            "phone": PHONE,
            "email": EMAIL,
            "consents": (consent(Channel.SMS), consent(Channel.EMAIL)),
        }
        return asks.RegisterPatient(**(usual | changes))

    def register(self, **changes: Any) -> asks.PatientRecord:
        reply = self.service.do(self.registration(**changes))
        assert reply.patient, reply.refusals
        return reply.patient

    def enrollment(self, patient_id: int, **changes: Any) -> asks.EnrollPatient:
        self._keys += 1
        usual: dict[str, Any] = {
            "scope": self.scope(),
            "idempotency_key": f"e{self._keys}",
            "patient_id": patient_id,
            "plan": PLAN.slug,
            "procedure_at": NOW + timedelta(days=2),
        }
        return asks.EnrollPatient(**(usual | changes))

    def enroll(self, patient_id: int, **changes: Any) -> asks.EnrollmentRecord:
        reply = self.service.do(self.enrollment(patient_id, **changes))
        assert reply.enrollment, reply.refusals
        return reply.enrollment

    def enrollments(self, **changes: Any) -> tuple[asks.EnrollmentRecord, ...]:
        usual: dict[str, Any] = {"scope": self.scope(), "first": 50}
        return self.service.ask(FindEnrollments(**(usual | changes))).items

    def cancel(self, number: int) -> asks.EnrollmentReply:
        return self.service.do(asks.CancelEnrollment(scope=self.scope(), enrollment_id=number))

    def reminders(self, **changes: Any) -> tuple[asks.ReminderRecord, ...]:
        usual: dict[str, Any] = {"scope": self.scope(), "limit": 50}
        return self.service.ask(asks.ListReminders(**(usual | changes))).items


def consent(channel: Channel, **changes: Any) -> asks.ConsentGiven:
    usual: dict[str, Any] = {
        "channel": channel,
        "purpose": Purpose.CARE,
        "granted": True,
        "source": "intake form",
        "method": words.ConsentMethod.IN_PERSON,
        "wording_version": "2027-1",
    }
    return asks.ConsentGiven(**(usual | changes))


def entry(
    number: int, state: words.ConsentState, *, purpose: Purpose = Purpose.CARE
) -> asks.ConsentRecord:
    """One line of a patient's consent ledger, for SMS."""
    return asks.ConsentRecord(
        id=number,
        channel=Channel.SMS,
        purpose=purpose,
        state=state,
        is_current=False,
        detail=words.MessageDetail.DISCREET,
        method=None,
        basis=words.ConsentBasis.EXPRESS,
        source="intake form",
        wording_version=None,
        recorded_by=None,
        recorded_at=NOW,
    )
