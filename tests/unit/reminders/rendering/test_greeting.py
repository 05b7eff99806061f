"""The name that a message greets a patient by."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reminders.rendering.greeting import presentable


@pytest.mark.parametrize(
    "name",
    [
        "M.Elena", "St.John", "J.-P.", "J.-P. Dupont", "O'Neil", "O’Brien", "María-José",
        "D'Angelo",
        "Ma.Luisa", "J.R.R. Tolkien", "Ana.María", "Fr.Thomas", "Mª.Carmen", "J.Smith Jr.",
        "T.J. O’Brien", "Anne-Marie St.Clair", "Nguyễn.Anh", "de.Souza", "m.elena",
        "نوشین\u200cدخت",
        "Mary Ann", "李小龍",
    ],
)  # fmt: skip
def test_a_name_with_dots_hyphens_or_apostrophes_is_kept(name: str) -> None:
    assert presentable(f" {name}\n") == name


@pytest.mark.parametrize(
    ("name", "greeted"),
    [
        ("Dr.Li", "Dr. Li"),
        ("M.Kim Lee", "M. Kim Lee"),
        ("St.Moe", "St. Moe"),
        ("J.P.Ma", "J. P. Ma"),
    ],
)
def test_an_abbreviation_that_would_become_a_link_is_set_apart(name: str, greeted: str) -> None:
    assert presentable(name) == greeted


@pytest.mark.parametrize(
    "name",
    [
        "bit.ly", "evil.com", "Evil.com", "EVIL.COM", "win at prize.co.uk now", "www.evil",
        "evil.com.",
        "https://x", "evil。com", "evil\uff0ecom", "evil\u2024com", "пример.рф", "1.2.3.4", "ana@x",
        "t.co/x", "a\\b", "<b>", "A" * 61, "", None, " \n",
    ],
)  # fmt: skip
def test_what_a_phone_makes_a_link_of_is_no_name(name: str | None) -> None:
    assert presentable(name) == ""


@given(st.text(max_size=70), st.sampled_from(["com", "li", "co.uk", "рф", "app", "xn--p1ai"]))
def test_no_name_ends_in_a_domain(text: str, domain: str) -> None:
    assert not presentable(f"{text}a.{domain}").endswith(f"a.{domain}")
