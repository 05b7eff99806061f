import pytest

from services.sandbox.twilio.errors import TwilioError
from services.sandbox.twilio.wire import Order, parse_order

FORM = {"To": "+12025550123", "From": "+12025550100", "Body": "Hello"}
SERVICE = f"MG{'a' * 32}"


def test_reads_a_text_to_carry() -> None:
    form = FORM | {"StatusCallback": "http://127.0.0.1:8000/x?attempt=1", "ValidityPeriod": "600"}
    assert parse_order(form) == Order(
        to="+12025550123",
        sender="+12025550100",
        service=None,
        body="Hello",
        callback="http://127.0.0.1:8000/x?attempt=1",
    )


def test_takes_a_messaging_service_instead_of_a_sender() -> None:
    order = parse_order({"To": "+12025550123", "MessagingServiceSid": SERVICE, "Body": "Hello"})
    assert (order.sender, order.service) == (None, SERVICE)


def test_takes_the_longest_text() -> None:
    assert len(parse_order(FORM | {"Body": "a" * 1600}).body) == 1600


@pytest.mark.parametrize("sender", ["12345", "RowanClinic", "+351912345678"])
def test_takes_short_codes_and_names_as_senders(sender: str) -> None:
    assert parse_order(FORM | {"From": sender}).sender == sender


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"To": ""}, 21604),
        ({"To": "12025550123"}, 21211),
        ({"To": "+0202555012"}, 21211),
        ({"To": "+1202555012345678"}, 21211),
        ({"Body": "  "}, 21602),
        ({"Body": "a" * 1601}, 21617),
        ({"From": ""}, 21603),
        ({"From": "not a sender at all"}, 21212),
        ({"MessagingServiceSid": "MG1"}, 21701),
        ({"StatusCallback": "/relative"}, 21609),
        ({"StatusCallback": "http://[bad"}, 21609),
        ({"StatusCallback": "http://127.0.0.1:99999/"}, 21609),
        ({"StatusCallback": "http://a b/"}, 21609),
        ({"StatusCallback": "ftp://127.0.0.1/"}, 21609),
        ({"ValidityPeriod": "0"}, 90007),
        ({"ValidityPeriod": "36001"}, 90007),
        ({"ValidityPeriod": "soon"}, 90007),
    ],
)
def test_refuses_with_twilios_code(change: dict[str, str], code: int) -> None:
    with pytest.raises(TwilioError) as refusal:
        parse_order(FORM | change)
    assert refusal.value.code == code
