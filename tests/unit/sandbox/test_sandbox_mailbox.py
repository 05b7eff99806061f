import pytest

from services.sandbox import mailbox as module
from services.sandbox.mailbox import Channel, Mailbox, Message, now


def message(number: int, to: str = "+12025550123", text: str = "Hello") -> Message:
    return Message(
        id=f"SM{number}",
        channel=Channel.SMS,
        to=to,
        sender="+12025550100",
        text=text,
        received_at=now(),
        status="queued",
    )


def test_lists_messages_oldest_first() -> None:
    mailbox = Mailbox(keeps=10)
    for number in range(3):
        mailbox.add(message(number))
    assert [kept.id for kept in mailbox.messages()] == ["SM0", "SM1", "SM2"]


def test_forgets_the_oldest_beyond_what_it_keeps() -> None:
    mailbox = Mailbox(keeps=2)
    for number in range(5):
        mailbox.add(message(number))
    assert ([kept.id for kept in mailbox.messages()], mailbox.trimmed) == (["SM3", "SM4"], 3)


def test_forgets_the_oldest_when_texts_grow_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_CHARACTERS", 10)
    mailbox = Mailbox(keeps=100)
    for number in range(3):
        mailbox.add(message(number, text="eight ch"))
    assert [kept.id for kept in mailbox.messages()] == ["SM2"]


def test_finds_a_mail_address_whatever_its_case() -> None:
    mailbox = Mailbox(keeps=10)
    mailbox.add(message(1, to="Sam@Example.org"))
    assert len(mailbox.messages(to="sam@example.ORG")) == 1


def test_marking_a_forgotten_message_changes_nothing() -> None:
    mailbox = Mailbox(keeps=1)
    mailbox.mark("SM1", status="delivered")
    assert mailbox.messages() == []


def test_tells_listeners_of_every_change() -> None:
    mailbox, calls = Mailbox(keeps=1), list[str]()
    mailbox.when_changed(lambda: calls.append("changed"))
    mailbox.add(message(1))
    mailbox.mark("SM1", status="sent")
    assert len(calls) == 2
