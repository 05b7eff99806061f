"""Forms as providers read them."""

from urllib.parse import urlencode

from hypothesis import given
from hypothesis import strategies as st

from services.reminders.channels.http import form


@given(st.dictionaries(st.sampled_from(["To", "From", "Body", "StatusCallback"]), st.text()))
def test_writes_a_form_as_the_standard_library_does(fields: dict[str, str]) -> None:
    assert form(fields) == urlencode(fields).encode()
