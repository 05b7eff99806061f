import pytest

from services.sandbox.faults import BadFaults, Faults, Mishaps, Refusing, parse_faults


def test_nothing_goes_wrong_by_default() -> None:
    mishaps = Mishaps()
    assert not any(mishaps.loses_reply() or mishaps.refusal() for _ in range(100))


def test_a_share_of_one_always_strikes() -> None:
    mishaps = Mishaps(Faults(lose_replies=1))
    assert all(mishaps.loses_reply() for _ in range(100))


def test_the_same_seed_brings_the_same_mishaps() -> None:
    first, second = (Mishaps(Faults(lose_replies=0.5, seed=7)) for _ in range(2))
    assert [first.loses_reply() for _ in range(50)] == [second.loses_reply() for _ in range(50)]


def test_reads_all_faults_from_json() -> None:
    body = b'{"loseReplies": 0.5, "refuse": {"status": 503, "retryAfter": 9, "share": 0.1}}'
    refuse = Refusing(status=503, retry_after=9, share=0.1)
    assert parse_faults(body) == Faults(lose_replies=0.5, refuse=refuse)


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b'{"loseReplies": 2}', "loseReplies"),
        (b'{"delayMs": -1}', "delayMs"),
        (b'{"loseReply": 1}', "loseReply"),
        (b'{"refuse": {"status": 500}}', "500"),
        (b"not json", "malformed"),
    ],
)
def test_says_what_is_wrong_with_faults_and_what_to_send(body: bytes, complaint: str) -> None:
    with pytest.raises(BadFaults, match=rf"{complaint}.*Send JSON such as"):
        parse_faults(body)
