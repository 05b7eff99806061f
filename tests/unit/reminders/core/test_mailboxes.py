import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.reminders.core.mailboxes import Mailbox, read_mailbox

ADDRESS = "care@clinic.example"
NAMES = some.text(
    some.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp", "Cf")), min_size=1
).filter(lambda name: name == name.strip() and "  " not in name)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        (ADDRESS, ""),
        (f"<{ADDRESS}>", ""),
        (f"Clínica Ruiz, S.L. <{ADDRESS}>", "Clínica Ruiz, S.L."),
        (f'"Rowan, Dr." <{ADDRESS}>', "Rowan, Dr."),
        (f'"The \\"Best\\" \\\\ Clinic" <{ADDRESS}>', 'The "Best" \\ Clinic'),
        (f"Praxis: Haut (Mitte) <{ADDRESS}>", "Praxis: Haut (Mitte)"),
        (f"Clinic <Mitte> <{ADDRESS}>", "Clinic <Mitte>"),
        (f"sales@rival.example <{ADDRESS}>", "sales@rival.example"),
        (f"=?utf-8?b?Q2zDrW5pY2EgUnVpeiwgUy5MLg==?= <{ADDRESS}>", "Clínica Ruiz, S.L."),
        (f"Rowan\r\nBcc: x@y.example <{ADDRESS}>", "Rowan Bcc: x@y.example"),
        (f"\u202enaworR <{ADDRESS}>", "naworR"),
    ],
)
def test_a_name_is_read_as_people_see_it(written: str, name: str) -> None:
    assert read_mailbox(written) == Mailbox(name, ADDRESS)


@given(NAMES)
def test_what_is_stored_is_read_back_the_same(name: str) -> None:
    mailbox = Mailbox(name, ADDRESS)

    assert read_mailbox(mailbox.written()) == mailbox


@given(some.text())
def test_no_text_is_too_strange_to_be_read(text: str) -> None:
    assert isinstance(read_mailbox(text), Mailbox)
