from datetime import UTC, datetime, timedelta

from services.contracts.words import AlertHours
from services.reminders.check_ins.domain.alert_chain import alert_round, on_duty
from services.reminders.check_ins.domain.alert_texts import alert_text, help_text, safety_text
from services.reminders.clinics.domain.alert_contact import RosterContact

OPENED = datetime(2027, 3, 10, 12, tzinfo=UTC)
ALL = tuple(RosterContact(id=tier, tier=tier, hours=AlertHours.ALWAYS) for tier in range(4))
MINUTES = timedelta(minutes=1)


def test_tiers_are_alerted_0_5_15_and_30_minutes_after_the_opening() -> None:
    at, tier, times = OPENED, 0, []
    for _ in range(6):
        due = alert_round(tier, OPENED, ALL, now=at)
        times.append((at - OPENED, [contact.id for contact in due.contacts], due.pages_operator))
        at, tier = due.next_at, due.next_tier

    assert times == [
        (0 * MINUTES, [0], False),
        (5 * MINUTES, [1], False),
        (15 * MINUTES, [2], False),
        (30 * MINUTES, [3], False),
        (45 * MINUTES, [0, 1, 2, 3], True),
        (60 * MINUTES, [0, 1, 2, 3], True),
    ]


def test_a_late_round_does_not_delay_the_next() -> None:
    due = alert_round(0, OPENED, ALL, now=OPENED + 20 * MINUTES)

    assert due.next_at == OPENED + 20 * MINUTES


def test_empty_tiers_are_skipped() -> None:
    due = alert_round(0, OPENED, ALL[2:], now=OPENED)

    assert ([contact.id for contact in due.contacts], due.next_tier) == ([2], 3)


def test_without_contacts_the_operator_is_paged_at_once() -> None:
    due = alert_round(0, OPENED, (), now=OPENED)

    assert (due.contacts, due.pages_operator) == ((), True)
    assert due.next_at == OPENED + 15 * MINUTES


def test_people_are_alerted_in_their_hours() -> None:
    contacts = tuple(
        RosterContact(id=number, tier=0, hours=hours) for number, hours in enumerate(AlertHours)
    )

    assert [contact.hours for contact in on_duty(contacts, is_open=True)] == ["ALWAYS", "OPEN"]
    assert [contact.hours for contact in on_duty(contacts, is_open=False)] == [
        "ALWAYS",
        "OUT_OF_HOURS",
    ]


def test_everybody_is_alerted_if_nobody_is_on_duty() -> None:
    by_day = (RosterContact(id=1, tier=0, hours=AlertHours.OPEN),)

    assert on_duty(by_day, is_open=False) == by_day


def test_staff_read_alerts_in_their_language() -> None:
    alert = alert_text(
        clinic="Rowan", locale="es-MX", number=7, url="u", must_phone=True, is_repeated=False
    )

    assert alert.text.startswith("Rowan: aviso 7.")
    assert "hay que llamar" in alert.text


def test_our_own_texts_fit_one_or_two_segments() -> None:
    long = {"clinic": "Northside Clinic on Main", "phone": "+44 20 7946 0958"}

    assert len(help_text(locale="en", emergency="112", **long)) <= 160
    assert len(safety_text(locale="en", emergency="112", **long)) <= 160
