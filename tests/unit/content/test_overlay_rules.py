"""Each rule for a clinic's own values, shown by values that break it and nothing else."""

import pytest

from tests.support.content.overlay_pack import VALUES, faults, values

DISCREET = "{{ clinic_name }}: it is over. Fever or pus? {{ clinic_phone }}."
NEXT = "  day-30-next-visit: {leave_out: true}\n"
SPANISH_STEPS = "locales:\n  es:\n    steps:\n"


def with_words(english: str, spanish: str) -> str:
    """The values with more words for steps, in both languages."""
    return VALUES.replace(NEXT, f"{NEXT}{english}\n").replace(
        SPANISH_STEPS, f"{SPANISH_STEPS}{spanish}\n"
    )


def on_day_0(detail: str, english: str, spanish: str) -> str:
    """The values with other words in the text message of day 0."""
    first, second = (
        f'day-0-what-to-expect: {{messages: {{sms: {{{detail}: "{words}"}}}}}}'
        for words in (english, spanish)
    )
    return with_words(f"  {first}", f"      {second}")


CALL = "{{ clinic_phone }}, {{ emergency_number }}"
WAIT = "{{{{ end_of('{}') }}}}".format


def waiting(until: str, hasta: str) -> tuple[str, str]:
    return (
        f"{{{{ clinic_name }}}}: no make-up until {until}. Fever or pus? {CALL}.",
        f"{{{{ clinic_name }}}}: sin maquillaje hasta {hasta}. ¿Fiebre o pus? {CALL}.",
    )


BROKEN = {
    "a key that is no clinic's to change": (
        values("{day: -14}", "{day: -14, seek_help_if: []}"),
        ["rowan.yaml:7: unknown key 'seek_help_if'"],
    ),
    "a misspelled key, with the nearest one": (
        values("phone:", "fone:"),
        ["rowan.yaml:4: unknown key 'fone'; did you mean 'phone'?"],
    ),
    "an unknown plan": (
        values("plan: needling", "plan: nedling"),
        ["rowan.yaml:1: there is no plan 'nedling-aftercare'; did you mean 'needling-aftercare'?"],
    ),
    "another version of the plan": (
        values("version: 2", "version: 1"),
        ["rowan.yaml:2: the plan is at version 2 now"],
    ),
    "an unknown step": (
        values("day-minus-7-sun:", "day-minus-7-moon:"),
        ["rowan.yaml:7: the base file has no 'day-minus-7-moon' here"],
    ),
    "a phone number without its country": (
        values('"+12025550188"', '"2025550188"'),
        ["rowan.yaml:4: '2025550188' is no number with its country"],
    ),
    "a name that texts have no room for": (
        values("Rowan Clinic", "The Rowan Clinic of the Old Town"),
        ["rowan.yaml:3: 32 characters; write one line of 24 at most"],
    ),
    "a name outside the SMS alphabet": (
        values("Rowan Clinic", "Rowan Clínic"),
        ["rowan.yaml:3: í is not in the SMS alphabet"],
    ),
    "a name that waits to be filled in": (
        values("Rowan Clinic", "'{{ clinic_phone }}'"),
        ["rowan.yaml:3: what stands in braces is not filled in here"],
    ),
    "a name on two lines, by whatever breaks them": (
        values("Rowan Clinic", '"Rowan\\fClinic"'),
        ["rowan.yaml:3: 12 characters; write one line of 24 at most"],
    ),
    "hours that wait to be filled in": (
        values("lun-vie 9-18", "{% if clinic_hours %}"),
        ["rowan.yaml:5: what stands in braces is not filled in here"],
    ),
    "hours in one language only": (
        values(', es: "lun-vie 9-18"', ""),
        ["rowan.yaml:5: the hours in es are missing"],
    ),
    "hours in a language that nobody reads": (
        values(', es: "lun', ', fr: "lun-ven", es: "lun'),
        ["rowan.yaml:5: the catalog has no locale 'fr'"],
    ),
    "words in one language only": (
        VALUES[: VALUES.index("locales:")],
        ["rowan.yaml:12: steps.day-1-make-up.messages.sms.discreet is not said under locales: es"],
    ),
    "words that the base locale does not have": (
        values("      day-1-make-up:\n", "      day-1-make-up:\n        title: Hoy\n"),
        ["rowan.yaml:18: steps.day-1-make-up.title is not said in en"],
    ),
    "words in a locale without words for the plan": (
        values("locales:\n", "locales:\n  fr: {title: Soins}\n"),
        ["rowan.yaml:15: fr has no words of its own"],
    ),
    "a step that comes later than it may": (
        values("after: PT36H", "after: PT49H"),
        ["rowan.yaml:9: clinics may choose PT24H to PT48H here"],
    ),
    "a step that ends a wait too early": (
        values("after: PT36H", "after: PT12H"),
        ["rowan.yaml:9: clinics may choose PT24H to PT48H here"],
    ),
    "a day outside the author's": (
        values("{day: -14}", "{day: -15}"),
        ["rowan.yaml:7: clinics may choose -14 to -7 here"],
    ),
    "a day that no calendar has": (
        values("{day: -14}", "{day: 99999999999}"),
        ["rowan.yaml:7: day 99999999999 is more than ten years away"],
    ),
    "a duration that cannot be read": (
        values("after: PT36H", "after: tomorrow"),
        ["rowan.yaml:9: 'tomorrow' is not a duration"],
    ),
    "a step moved that may not be": (
        values(NEXT, f"{NEXT}  day-2-how-is-it-going: {{after: PT50H}}\n"),
        ["rowan.yaml:14: the plan lets clinics move this step not at all"],
    ),
    "hours for a step of the calendar": (
        values("{day: -14}", "{after: -P14D}"),
        ["rowan.yaml:7: the base file has no 'after' here"],
    ),
    "a time at night": (
        values("{day: -14}", '{at: "22:00"}'),
        ["rowan.yaml:7: nobody is written to outside 08:00-21:00"],
    ),
    "a step left out that every patient needs": (
        values("{day: -14}", "{leave_out: true}"),
        ["rowan.yaml:7: day-minus-7-sun is for every patient; only day-30-next-visit may be left"],
    ),
    "an unknown step left out": (
        values(NEXT, NEXT.replace("visit", "session")),
        ["rowan.yaml:13: the plan has no step 'day-30-next-session'; did you mean 'day-30-next"],
    ),
    "a red flag gone from day 0": (
        on_day_0("discreet", f"{{{{ clinic_name }}}}: worse? {CALL}.",
                 f"{{{{ clinic_name }}}}: ¿fiebre o pus? {CALL}."),
        [
            "rowan.yaml:14: the red flag INFECTION is missing; write 'fever or pus'",
            "rowan.yaml:14: the red flag INFECTION is gone from this text",
        ],
    ),
    "a red flag gone from one language": (
        values("es pasado. ¿Fiebre o pus?", "es pasado. ¿Peor?"),
        ["rowan.yaml:20: the red flag INFECTION is gone from this text; write 'fiebre o pus'"],
    ),
    "a red flag gone from a later text": (
        values("it is over. Fever or pus?", "it is over. Worse?"),
        ["rowan.yaml:12: the red flag INFECTION is gone from this text; write 'fever or pus'"],
    ),
    "whom to call gone from a text": (
        values("Fever or pus? {{ clinic_phone }}.", "Fever or pus? Call."),
        ["rowan.yaml:12: the catalog's text tells whom to call; show {{ clinic_phone }} too"],
    ),
    "the emergency number gone from the answer to a red reply": (
        values("locales:\n", 'check_in_texts: {replies: {red: {text: "{{ clinic_name }}: call'
               ' {{ clinic_phone }}."}}}\nlocales:\n').replace(
            "  es:\n", '  es:\n    check_in_texts: {replies: {red: {text: "{{ clinic_name }}: llame'
            ' {{ clinic_phone }}, {{ emergency_number }}."}}}\n'),
        ["rowan.yaml:14: tell whom to call; show {{ emergency_number }}", "show {{ emergency"],
    ),
    "a wait that is shorter": (
        on_day_0("detailed", *waiting(WAIT("PT12H"), WAIT("PT24H"))),
        ["rowan.yaml:14: a wait of the catalog's text is gone or shorter; name 24 hours or more"],
    ),
    "a wait beside which a shorter one stands": (
        on_day_0("detailed", *waiting(f"{WAIT('PT6H')}, {WAIT('PT24H')}", WAIT("PT24H"))),
        ["rowan.yaml:14: no wait here is shorter than 24 hours"],
    ),
    "a wait that is gone": (
        on_day_0("detailed", *waiting("later", WAIT("PT30H"))),
        ["rowan.yaml:14: a wait of the catalog's text is gone or shorter; name 24 hours or more"],
    ),
    "a notice gone from a page": (
        with_words("  day-0-what-to-expect: {body: [Rest.]}",
                   "      day-0-what-to-expect: {body: [Descanse., {notice: URGENT, text: 'Con"
                   " fiebre, llame ya.'}]}"),
        ["rowan.yaml:14: a notice of the catalog is gone; keep it word for word: 'Call at once"],
    ),
    "a text over its budget": (
        values("it is over.", f"it is over. {'On and on. ' * 30}"),
        ["SMS parts, filled in and with the opt-out line; 2 are allowed"],
    ),
    "a discreet text that reveals the procedure": (
        values("it is over.", "needling is over."),
        ["rowan.yaml:12: 'needling' gives a discreet message away"],
    ),
    "advice on a medicine": (
        values("it is over.", "stop aspirin."),
        ["rowan.yaml:12: tells a patient to stop or start a medicine"],
    ),
    "an advertisement in care": (
        values("it is over.", "a discount waits."),
        ["rowan.yaml:12: 'discount' advertises in a care message"],
    ),
    "a variable that nobody knows": (
        values("{{ clinic_phone }}.", "{{ clinic_fone }}."),
        ["rowan.yaml:12: unknown variable 'clinic_fone'"],
    ),
    "a channel that the step does not use": (
        with_words("  day-1-make-up-2: {}", "      day-1-make-up-2: {}"),
        ["rowan.yaml:14: the base file has no 'day-1-make-up-2' here",
         "rowan.yaml:18: the base file has no 'day-1-make-up-2' here"],
    ),
    "what is not YAML": (values("{day: -14}", "{day: -14"), ["what is opened here by {"]),
    "an empty file": ("", ["rowan.yaml:1: the file is empty"]),
}  # fmt: skip


def test_the_values_themselves_have_no_fault() -> None:
    assert faults(VALUES) == []


@pytest.mark.parametrize("name", BROKEN)
def test_names_the_line_and_what_to_do_for(name: str) -> None:
    text, expected = BROKEN[name]
    reported = faults(text)

    assert len(reported) == len(expected), reported
    assert [text for text in expected if not any(text in fault for fault in reported)] == [], (
        reported
    )


def test_a_longer_wait_than_the_catalogs_is_taken() -> None:
    text = on_day_0("detailed", *waiting(WAIT("PT48H"), WAIT("PT48H")))

    assert faults(text) == []


def test_a_time_of_day_may_always_move() -> None:
    assert faults(values("{day: -14}", '{at: "17:30"}')) == []
