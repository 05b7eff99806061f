"""Small rules for reading replies without a fault, for tests that break them in one place."""

from services.reading.concepts import NEEDED

WORDS = "replies/words.yaml"
SIGNS = "replies/signs.yaml"
REFUSALS = "replies/refusals.yaml"
RELIEF = "replies/relief.yaml"
MARKS = "replies/marks.yaml"
WEIGHTS = "replies/weights.yaml"

_WORDS = {"FEVER": ("fever", "fiebre"), "DENIES": ("no, without", "no, sin")}

_SIGNS = """\
- sign: INFECTION
  says: has a fever
  level: RED
  any: [FEVER, hot & cold]
  unless: [hay fever]
  examples:
    en: [I have a fever]
    es: [tengo fiebre]
  counterexamples:
    en: [no fever, hay fever]
    es: [sin fiebre]
"""

_REFUSALS = """\
fillers: [please]
keywords:
  en: [stop]
  es: [alto]
only_in:
  alto: [MX, ES]
words:
  MESSAGES:
    en: [texts]
    es: [mensajes]
  JOKES: {all: [lol]}
  LINKS: {all: [please]}
  MISTAKEN: {all: [oops]}
  NEGATES: {all: [dont]}
  OTHERS: {all: [he]}
plain: [no more MESSAGES]
held: [START stop it END]
never: [dont stop]
"""

_RELIEF = """\
relief:
  en: [all good]
  es: [todo bien]
harmless:
  en: [today]
  es: [hoy]
spoils:
  en: [but]
  es: [pero]
thanks:
  en: [thanks]
  es: [gracias]
"""

_MARKS = """\
emoji:
  emosad: "😢 😭"
emoticons:
  emosad: [":("]
reactions:
  liked: [liked]
  unsure: [questioned]
signatures: [sent from my]
quotes: [original message]
"""

_WEIGHTS = """\
certain: 0.9
bias: -2.0
weights:
  1.5: >-
    teapot, a ~
    spout
  -0.3: >-
    #
"""


def rules_pack() -> dict[str, str]:
    words = "".join(
        f"{concept}:\n  en: [{english}]\n  es: [{spanish}]\n"
        for concept, (english, spanish) in _all_words().items()
    )
    return {
        WORDS: words,
        SIGNS: _SIGNS,
        REFUSALS: _REFUSALS,
        RELIEF: _RELIEF,
        MARKS: _MARKS,
        WEIGHTS: _WEIGHTS,
    }


def broken_rules(file: str, old: str, new: str) -> dict[str, str]:
    files = rules_pack()
    assert old in files[file], f"{old!r} is not in {file}"
    return {**files, file: files[file].replace(old, new, 1)}


def _all_words() -> dict[str, tuple[str, str]]:
    fillers = {name: (f"x{name.lower().replace('_', '')}", "nada") for name in sorted(NEEDED)}
    return fillers | _WORDS
