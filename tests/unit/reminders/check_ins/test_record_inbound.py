"""Texts of strangers and of shared phones, and the tasks they open."""

from datetime import UTC, datetime, time
from types import SimpleNamespace
from typing import Any, cast

import msgspec
import pytest

from services.contracts.catalog import Channel
from services.contracts.clinic_hours import OpeningHours, Weekday
from services.contracts.events import Event, TaskChanged
from services.contracts.incoming import RecordInbound
from services.contracts.reminders import ClinicRecord, QuietHours
from services.contracts.words import Mode, ReplyKeyword, TaskKind
from services.reminders.check_ins.domain.inbound import InboundTask, NewInbound
from services.reminders.check_ins.storage.unit_of_work import CheckInsUnitOfWork
from services.reminders.check_ins.usecases.record_inbound import InboundRules, record_inbound
from services.reminders.consent.domain.opt_out import AddressOwner
from tests.support.reading_rules import reply_reader

NOW = datetime(2027, 3, 10, 12, tzinfo=UTC)
TEXT = RecordInbound(
    provider="twilio",
    channel=Channel.SMS,
    our_address="+12025550100",
    their_address="+12025550188",
    text="It itches",
    provider_message_id="SM1",
    received_at=NOW,
)
CLINIC = ClinicRecord(
    id=1,
    name="Rowan Clinic",
    time_zone="Europe/Lisbon",
    locale="en",
    country="US",
    emergency_number="911",
    phone=None,
    quiet_hours=QuietHours(start=time(20), end=time(9)),
)
RULES = InboundRules(reader=reply_reader(), opt_out_words=("raus",))
OWNER = AddressOwner(clinic_id=1, patient_id=5, contact_point_id=6)


class FakeInbound:
    """Inbound messages of clinics that share a sender."""

    def __init__(self, clinic_ids: tuple[int, ...], owners: tuple[AddressOwner, ...]) -> None:
        self._clinic_ids = clinic_ids
        self._owners = owners
        self.records: list[NewInbound] = []
        self.tasks: list[InboundTask] = []

    def senders(self, _: RecordInbound) -> dict[int, int]:
        return dict.fromkeys(self._clinic_ids, 9)

    def owners(self, *_: object) -> tuple[Any, ...]:
        return self._owners

    def countries(self, _: tuple[int, ...]) -> set[str]:
        return {"US"}

    def asked_for_help_before(self, *_: object) -> bool:
        return True

    def add(self, new: NewInbound, _: RecordInbound) -> int | None:
        if new in self.records:
            return None
        self.records.append(new)
        return len(self.records)

    def open_task(self, _new: NewInbound, _inbound_id: int, task: InboundTask) -> int:
        self.tasks.append(task)
        return 70 + len(self.tasks)


class FakeUnitOfWork:
    def __init__(
        self, clinic_ids: tuple[int, ...] = (1,), owners: tuple[AddressOwner, ...] = ()
    ) -> None:
        self.inbound = FakeInbound(clinic_ids, owners)
        self.check_ins = SimpleNamespace(open_sent=lambda _: None, recent=lambda *_: ())
        self.enrollments = SimpleNamespace(active=lambda _: (), latest=lambda _: None)
        self.recent_texts = SimpleNamespace(sent_to=lambda _: (), repeats=lambda *_, **__: False)
        self.clinics = SimpleNamespace(get=lambda ids: dict.fromkeys(ids, CLINIC))
        self.suppressions = SimpleNamespace(suppress=lambda *_: True, lift_opt_out=lambda *_: True)
        self.opt_outs = SimpleNamespace(
            withdraw_consents=lambda *_: None,
            skip_unsent=lambda *_: [],
            is_in_care=lambda _: False,
            confirm=lambda *_: None,
        )
        self.events: list[Event] = []

    def now(self) -> datetime:
        return NOW

    def announce(self, event: Event) -> None:
        self.events.append(event)


def record(uow: FakeUnitOfWork, **changes: Any) -> tuple[bool, bool]:
    inbound = msgspec.structs.replace(TEXT, **changes)
    effect = record_inbound(cast("CheckInsUnitOfWork", uow), inbound, RULES)
    return effect.is_new, effect.has_clinic


def test_a_strangers_text_is_recorded_with_the_only_clinic_it_can_be_for() -> None:
    uow = FakeUnitOfWork((1,))

    assert record(uow) == (True, True)

    assert [new.clinic_id for new in uow.inbound.records] == [1]
    assert [task.kind for task in uow.inbound.tasks] == [TaskKind.UNMATCHED_REPLY]
    assert uow.events == [TaskChanged(clinic_id=1, task_id=71)]


@pytest.mark.parametrize("clinic_ids", [(), (1, 2)])
def test_a_strangers_text_that_no_single_clinic_is_meant_by_opens_no_task(
    clinic_ids: tuple[int, ...],
) -> None:
    uow = FakeUnitOfWork(clinic_ids)

    assert record(uow) == (True, False)

    assert [new.clinic_id for new in uow.inbound.records] == [0]
    assert (uow.inbound.tasks, uow.events) == ([], [])


def test_a_text_is_recorded_with_the_clinic_that_knows_the_writer() -> None:
    uow = FakeUnitOfWork((1, 2), (OWNER,))

    record(uow)

    assert [(new.clinic_id, new.owner) for new in uow.inbound.records] == [(1, OWNER)]
    assert [task.kind for task in uow.inbound.tasks] == [TaskKind.UNREAD_REPLY]


def test_a_repeated_text_does_nothing() -> None:
    uow = FakeUnitOfWork()
    record(uow)

    assert record(uow) == (False, True)

    assert len(uow.inbound.tasks) == 1


def test_a_patient_in_test_mode_does_not_make_a_phone_shared_by_two() -> None:
    trial = msgspec.structs.replace(OWNER, patient_id=7, mode=Mode.TEST)
    uow = FakeUnitOfWork((1,), (trial, OWNER))

    record(uow)

    [new] = uow.inbound.records
    assert (new.owner, new.is_shared, new.mode) == (OWNER, True, Mode.LIVE)


@pytest.mark.parametrize(
    ("text", "understood_as", "task"),
    [
        ("STOP", "OPT_OUT", None),
        ("wrong number", "MAYBE_OPT_OUT", (TaskKind.UNREAD_REPLY, True)),
        ("START", "OPT_IN", (TaskKind.UNREAD_REPLY, False)),
        ("HELP", "HELP", (TaskKind.UNREAD_REPLY, False)),
        ("when may I shower", "UNREAD", (TaskKind.UNREAD_REPLY, False)),
    ],
)
def test_a_keyword_decides_the_task_of_a_text(
    text: str, understood_as: str, task: tuple[TaskKind, bool] | None
) -> None:
    uow = FakeUnitOfWork((1,), (OWNER,))

    record(uow, text=text)

    assert [new.understood_as for new in uow.inbound.records] == [understood_as]
    tasks = [(opened.kind, opened.holds_sending) for opened in uow.inbound.tasks]
    assert tasks == ([] if task is None else [task])


def test_a_shared_phone_that_opts_out_opens_a_task() -> None:
    other = msgspec.structs.replace(OWNER, patient_id=7)
    uow = FakeUnitOfWork((1,), (OWNER, other))

    record(uow, text="STOP")

    assert [task.kind for task in uow.inbound.tasks] == [TaskKind.OPTED_OUT]


@pytest.mark.parametrize("text", ["", "STOP"])
def test_a_picture_always_opens_a_task(text: str) -> None:
    uow = FakeUnitOfWork((1,), (OWNER,))

    record(uow, text=text, media=1)

    assert [task.kind for task in uow.inbound.tasks] == [TaskKind.UNREAD_REPLY]


@pytest.mark.parametrize(
    ("keyword", "understood_as"),
    [
        (ReplyKeyword.STOP, "OPT_OUT"),
        (ReplyKeyword.START, "OPT_IN"),
        (ReplyKeyword.HELP, "HELP"),
    ],
)
def test_the_providers_word_counts_whatever_the_text_says(
    keyword: ReplyKeyword, understood_as: str
) -> None:
    uow = FakeUnitOfWork((1,), (OWNER,))

    record(uow, text="fuera de aquí", keyword=keyword)

    assert [new.understood_as for new in uow.inbound.records] == [understood_as]


def test_an_operators_own_keyword_opts_out() -> None:
    uow = FakeUnitOfWork((1,), (OWNER,))

    record(uow, text="Raus!")

    assert [new.understood_as for new in uow.inbound.records] == ["OPT_OUT"]


@pytest.mark.parametrize("text", ["Thanks!", "ok", "👍", "Liked “Rowan Clinic: wash your face”"])
def test_thanks_and_likes_open_no_task(text: str) -> None:
    uow = FakeUnitOfWork((1,), (OWNER,))

    record(uow, text=text)

    assert (len(uow.inbound.records), uow.inbound.tasks) == (1, [])


def test_an_empty_text_is_for_a_person() -> None:
    uow = FakeUnitOfWork((1,), (OWNER,))

    record(uow, text=" ")

    assert [task.kind for task in uow.inbound.tasks] == [TaskKind.UNREAD_REPLY]


def test_an_automatic_reply_that_comes_again_opens_no_second_task() -> None:
    uow = FakeUnitOfWork((1,), (OWNER,))
    uow.recent_texts.repeats = lambda *_, **__: True

    record(uow, text="I am away until Monday.")

    assert uow.inbound.tasks == []


@pytest.mark.parametrize(
    ("text", "media", "due_at"),
    [
        ("when may I shower", 0, NOW.replace(day=11, hour=11)),  # two opening hours
        ("my cheek is 37", 0, NOW.replace(hour=14)),
        ("help", 0, NOW.replace(hour=14)),
        ("", 1, NOW.replace(hour=14)),
    ],
)
def test_a_text_has_to_be_read_in_time(text: str, media: int, due_at: datetime) -> None:
    hours = (OpeningHours(day=Weekday.THURSDAY, opens=time(9), closes=time(17)),)
    uow = FakeUnitOfWork((1,), (OWNER,))
    uow.clinics.get = lambda ids: dict.fromkeys(
        ids, msgspec.structs.replace(CLINIC, opening_hours=hours)
    )

    record(uow, text=text, media=media)

    assert [(task.due_at, task.escalates) for task in uow.inbound.tasks] == [(due_at, False)]


@pytest.mark.parametrize("text", ["no more emails please", "UNSUBSCRIBE"])
def test_a_refusal_by_email_is_heard(text: str) -> None:
    uow = FakeUnitOfWork((1,), (OWNER,))

    record(uow, text=text, channel=Channel.EMAIL)

    assert [new.understood_as for new in uow.inbound.records] != ["UNREAD"]


def test_a_red_flag_of_a_stranger_is_due_now() -> None:
    uow = FakeUnitOfWork((1,))

    record(uow, text="there is pus")

    assert [task.due_at for task in uow.inbound.tasks] == [NOW]


def test_a_text_that_may_be_an_opt_out_holds_messages_unless_an_open_task_does() -> None:
    uow = FakeUnitOfWork((1,), (OWNER,))
    uow.recent_texts.repeats = lambda *_, by_holding_task: not by_holding_task

    record(uow, text="wrong number")

    assert [task.holds_sending for task in uow.inbound.tasks] == [True]
