from services.reminders.delivery.domain.dispatch import LOOP_WITHIN
from services.reminders.delivery.usecases.break_loops import RecentTexts, fingerprint


class Time:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_remembers_a_text_for_five_minutes_at_least() -> None:
    time = Time()
    recent = RecentTexts(time)
    time.now = LOOP_WITHIN.total_seconds() - 1
    recent.add(b"a")

    time.now = 2 * LOOP_WITHIN.total_seconds() - 2

    assert b"a" in recent


def test_forgets_a_text_that_is_long_gone() -> None:
    time = Time()
    recent = RecentTexts(time)
    recent.add(b"a")
    for _ in range(2):
        time.now += LOOP_WITHIN.total_seconds()
        assert b"b" not in recent

    assert b"a" not in recent


def test_keeps_no_more_than_it_has_room_for() -> None:
    recent = RecentTexts(Time(), most=2)
    for name in (b"a", b"b", b"c", b"d", b"e"):
        recent.add(name)

    assert [name in recent for name in (b"a", b"e")] == [False, True]


def test_a_fingerprint_is_of_the_address_and_of_the_text() -> None:
    names = {fingerprint(*of) for of in ((b"i1", "Hi"), (b"i2", "Hi"), (b"i1", "Ho"))}

    assert len(names) == 3
    assert fingerprint(b"i1", "Hi") in names
