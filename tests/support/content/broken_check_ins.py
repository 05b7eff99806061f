"""The small catalog with a check-in, broken in one place for each thing it is held to."""

from tests.support.content.asking_pack import PLAN
from tests.support.content.broken_packs import Change

FLAGS = "red-flags.yaml"
CHECK_IN = """\
    check_in:
      question: How are you doing?"""

BROKEN: dict[str, tuple[Change, list[str]]] = {
    "a check-in that asks nothing": (
        (PLAN, f"{CHECK_IN}\n", "    asked:\n      question: x\n"),
        ["unknown key 'asked'"],
    ),
    "care that asks": (
        (PLAN, "kind: CHECK_IN", "kind: CARE"),
        ["CARE asks nothing; remove check_in or make it a CHECK_IN"],
    ),
    "a plan without answers": (
        (PLAN, "check_in_texts:", "check_in_text:"),
        ["unknown key 'check_in_text'"],
    ),
    "no option for the worst": (
        (PLAN, "label: worse, level: RED", "label: worse, level: AMBER"),
        ["no option is RED"],
    ),
    "no option for the best": (
        (PLAN, "level: GREEN", "level: AMBER"),
        ["no option is GREEN"],
    ),
    "an unknown level": (
        (PLAN, "level: GREEN", "level: GREAN"),
        ["did you mean GREEN?"],
    ),
    "a number that is another's place": (
        (PLAN, 'value: "3"', 'value: "1"'),
        ["'1' belongs to another option too", "the option in place 3 has the value 3"],
    ),
    "one word for two options": (
        (PLAN, "en: [same]", "en: [good]"),
        ["'good' belongs to another option too"],
    ),
    "an answer that ends all messages": (
        (PLAN, "en: [same]", "en: [stop]"),
        ["'stop' is a command of providers"],
    ),
    "a word in capitals": (
        (PLAN, "en: [same]", "en: [Same]"),
        ["write 'same' in lower case"],
    ),
    "asking again after closing": (
        (PLAN, "nudge_after: PT6H", "nudge_after: P2D"),
        ["closes before it asks again"],
    ),
    "texts that nobody reads in time": (
        (PLAN, "check_in_texts:", "read_within: P2D\nacute_for: PT0S\ncheck_in_texts:"),
        ["read within a day of opening hours", "takes a time, such as PT2H or P7D"],
    ),
    "a time to read that is none": (
        (PLAN, "check_in_texts:", "read_within: 2 hours\ncheck_in_texts:"),
        ["2 hours"],
    ),
    "asking again at once": (
        (PLAN, "nudge_after: PT6H", "nudge_after: PT0S"),
        ["ask again after some time"],
    ),
    "a duration that is none": (
        (PLAN, "close_after: P1D", "close_after: a day"),
        ["'a day' is not a duration"],
    ),
    "a text that does not say how to answer": (
        (PLAN, "how are you? {{ check_in_options }}", "how are you?"),
        ["say how to answer; show {{ check_in_options }}"],
    ),
    "a mail that does not say where to answer": (
        (PLAN, "how are you? {{ check_in_url }}", "how are you?"),
        ["say how to answer; show {{ check_in_url }}"],
    ),
    "options in a step that asks nothing": (
        (PLAN, "sport is fine again.", "sport is fine again. {{ check_in_options }}"),
        ["unknown variable 'check_in_options'"],
    ),
    "silence that is not asked again by text": (
        (PLAN, 'sms: "{{ clinic_name }}: hello? {{ check_in_options }}"\n    email:', "email:"),
        ["check-ins ask by sms; add sms to the nudge"],
    ),
    "a safety text that does not say whom to call": (
        (PLAN, "call {{ clinic_phone }} now or {{ emergency_number }}", "call us now"),
        ["show {{ clinic_phone }} outside any if", "show {{ emergency_number }} outside any if"],
    ),
    "a question that gives the procedure away": (
        (PLAN, "question: How are you doing?", "question: How is your skin?"),
        ["'skin' gives a question away"],
    ),
    "an option that gives it away": (
        (PLAN, "label: no change", "label: red face"),
        ["'face' gives a question away"],
    ),
    "an option outside the SMS alphabet": (
        (PLAN, "label: no change", "label: no change…"),
        ["… is not in the SMS alphabet", "… is not in the SMS alphabet and doubles"],
    ),
    "an answer that gives it away": (
        (PLAN, "thanks; a person", "thanks; about your skin, a person"),
        ["'skin' gives a discreet message away"],
    ),
    "an answer that is too long": (
        (PLAN, "thanks; a person", f"thanks; {'very ' * 60} a person"),
        ["SMS parts, filled in and with the opt-out line; 2 are allowed"],
    ),
    "an answer that does not say who writes": (
        (PLAN, '"{{ clinic_name }}: thanks."', '"Thanks."'),
        ['begin with "{{ clinic_name }}"'],
    ),
    "an answer that tells to stop a medicine": (
        (PLAN, "thanks; a person", "stop your aspirin; a person"),
        ["tells a patient to stop or start a medicine"],
    ),
    "a red flag that nobody would be understood to have": (
        (FLAGS, "  signs: {en: [fever, pus], es: [fiebre]}\n", ""),
        ["a check-in must know what patients write who have this; add signs in en"],
    ),
    "a sign in capitals": (
        (FLAGS, "en: [fever, pus]", "en: [Fever, pus]"),
        ["write 'fever' in lower case"],
    ),
    "a sign found in everything": (
        (FLAGS, "en: [fever, pus]", "en: [fever, pu]"),
        ["'pu' would be found in much else"],
    ),
    "a sign that means well": (
        (PLAN, "en: [good]", "en: [good, fever]"),
        ["'fever' is a sign of INFECTION and cannot mean GREEN"],
    ),
}
