import pytest

from services.sandbox.mailbox import Channel, Mailbox, Message, now
from services.sandbox.opt_outs import OptOuts
from services.sandbox.web.view import MOST_BUBBLES, MOST_PHONES, mails, phones, with_links

CLINIC = "+12025550100"


def arrived(mailbox: Mailbox, number: int, to: str, channel: Channel = Channel.SMS) -> None:
    mailbox.add(
        Message(
            id=f"M{number}",
            channel=channel,
            to=to,
            sender=CLINIC,
            text=f"Text {number}",
            received_at=now(),
            status="delivered",
        )
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a < b & c", "a &lt; b &amp; c"),
        (
            "See https://a.example/p/x.",
            (
                'See <a href="https://a.example/p/x" target="_blank"'
                ' rel="noopener noreferrer">https://a.example/p/x</a>.'
            ),
        ),
        ("javascript:alert(1)", "javascript:alert(1)"),
    ],
)
def test_shows_text_escaped_with_its_links(text: str, shown: str) -> None:
    assert with_links(text) == shown


def test_a_link_cannot_break_out_of_its_attribute() -> None:
    assert '"onclick' not in with_links('https://a.example/"onclick="alert(1)"')


def test_shows_the_newest_phone_first() -> None:
    mailbox = Mailbox(keeps=100)
    for number in range(3):
        arrived(mailbox, number, f"+1202555010{number}")
    shown = [phone.number for phone in phones(mailbox, OptOuts(), None)]
    assert shown == ["+12025550102", "+12025550101", "+12025550100"]


def test_shows_only_the_phones_that_were_active_last() -> None:
    mailbox = Mailbox(keeps=100)
    for number in range(20):
        arrived(mailbox, number, f"+120255501{number:02}")
    arrived(mailbox, 20, "+12025550100")
    shown = {phone.number for phone in phones(mailbox, OptOuts(), None)}
    assert (len(shown), "+12025550100" in shown) == (MOST_PHONES, True)


def test_shows_the_last_texts_of_a_busy_phone() -> None:
    mailbox = Mailbox(keeps=1000)
    for number in range(100):
        arrived(mailbox, number, CLINIC)
    (phone,) = phones(mailbox, OptOuts(), None)
    assert [phone.bubbles[-1].id, len(phone.bubbles)] == ["M99", MOST_BUBBLES]


def test_shows_the_newest_mail_first() -> None:
    mailbox = Mailbox(keeps=100)
    for number in range(3):
        arrived(mailbox, number, "ines@example.com", Channel.EMAIL)
    assert [mail.id for mail in mails(mailbox, None)] == ["M2", "M1", "M0"]
