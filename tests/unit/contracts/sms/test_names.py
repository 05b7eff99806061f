"""Clinics' names as their texts write them."""

import unicodedata

import pytest

from services.contracts.catalog import Channel
from services.contracts.sms.names import gsm_name, name_on, plain
from services.contracts.sms.segments import non_gsm_characters

PROPOSED = {
    # the names of the report
    "Clínica Ruiz, S.L.": "Clinica Ruiz, S.L.",
    "Dr. O’Brien": "Dr. O'Brien",
    "Skin – Soul": "Skin - Soul",
    "Rowan\u00a0Clinic": "Rowan Clinic",
    "Łódź Klinika": "Lodz Klinika",
    # their siblings
    "Café Zoë": "Café Zoe",
    "São João": "Sao Joao",
    "Şişli Güzellik": "Sisli Güzellik",
    "İstanbul Işık": "Istanbul Isik",  # noqa: RUF001 - what people write
    "Đức Việt": "Duc Viet",
    "Œuvre de Peau": "OEuvre de Peau",
    "Façade Étoile": "Facade Étoile",
    "Þórshöfn": "Thorshöfn",
    "Praxis „Haut & Haar“": 'Praxis "Haut & Haar"',
    "Col·legi Sant Pau": "Col.legi Sant Pau",
    "Glow ✨ Clinic®": "Glow Clinic",
    "\u202eRowan\u202c": "Rowan",
    "Ro\u200bwan\u00ad": "Rowan",
    "ＡＢＣ\u3000Clinic": "ABC Clinic",  # noqa: RUF001 - what people write
    "Cli\u0301nica": "Clinica",
    "Rowan\u2011Clinic\u2009West": "Rowan-Clinic West",
}


@pytest.mark.parametrize("name", PROPOSED)
def test_a_name_is_proposed_in_the_alphabet_of_texts(name: str) -> None:
    assert gsm_name(name) == PROPOSED[name]


@pytest.mark.parametrize("name", PROPOSED)
def test_what_is_proposed_costs_nothing_more(name: str) -> None:
    assert non_gsm_characters(gsm_name(name)) == ""


@pytest.mark.parametrize("name", ["Peñas Ähnlich", "Ødegård & Sønner", "Zürich è bella", "Crème"])
def test_accents_that_texts_have_stay(name: str) -> None:
    assert gsm_name(name) == name


@pytest.mark.parametrize("name", ["Клиника Роза", "光クリニック", "عيادة الورد", "Κλινική", "✨"])
def test_a_name_in_another_script_stays_as_it_is(name: str) -> None:
    assert gsm_name(name) == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize("character", [chr(code) for code in range(0x00C0, 0x0180)])
def test_every_character_of_european_names_has_a_spelling(character: str) -> None:
    assert non_gsm_characters(gsm_name(f"A{character}b")) == ""


def test_mail_keeps_the_name() -> None:
    assert name_on(Channel.EMAIL, "Clínica Ruiz", None) == "Clínica Ruiz"


def test_the_name_that_was_chosen_is_used() -> None:
    assert name_on(Channel.SMS, "Clínica Ruiz", "Ruiz") == "Ruiz"


@pytest.mark.parametrize("space", ["\u00a0", "\u2007", "\u202f", "\u3000"])
def test_a_space_that_costs_becomes_a_common_one(space: str) -> None:
    assert plain(f"10{space}AM") == "10 AM"
