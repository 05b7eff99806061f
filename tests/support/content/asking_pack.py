"""The small catalog with a check-in in its plan, for tests that break it in one place."""

from tests.support.content import pack
from tests.support.content.pack import PLAN

__all__ = ["PLAN", "asking_pack", "broken"]

_TEXTS = """\
check_in_texts:
  replies:
    green: {subject: "{{ clinic_name }}: thank you", text: "{{ clinic_name }}: thanks."}
    amber:
      subject: "{{ clinic_name }}: thank you"
      text: >-
        {{ clinic_name }}: thanks; a person calls. {{ clinic_phone }}, {{ emergency_number }}
    red:
      subject: "{{ clinic_name }}: call now"
      text: "{{ clinic_name }}: call {{ clinic_phone }} now or {{ emergency_number }}"
    unclear:
      subject: "{{ clinic_name }}: thank you"
      text: >-
        {{ clinic_name }}: thanks; a person reads it. {{ clinic_phone }}, {{ emergency_number }}
  nudge:
    sms: "{{ clinic_name }}: hello? {{ check_in_options }}"
    email:
      subject: "{{ clinic_name }}: hello"
      text: "{{ clinic_name }}: hello? {{ check_in_url }}"
steps:
"""
_STEP = """\
  - key: day-4-how-are-you
    kind: CHECK_IN
    title: How are you?
    body: [Tell us.]
    day: 4
    at: "10:00"
    useful_for: P1D
    sources: [study]
    check_in:
      question: How are you doing?
      options:
        - {value: "1", label: all well, level: GREEN, words: {en: [good], es: [bien]}}
        - {value: "2", label: no change, level: AMBER, words: {en: [same]}}
        - {value: "3", label: worse, level: RED}
      nudge_after: PT6H
      close_after: P1D
    messages:
      sms:
        discreet: "{{ clinic_name }}: how are you? {{ check_in_options }}"
        detailed: "{{ clinic_name }}: how is your skin? {{ check_in_options }}"
      email:
        discreet:
          subject: "{{ clinic_name }}: how are you?"
          text: "{{ clinic_name }}: how are you? {{ check_in_url }}"
        detailed:
          subject: "{{ clinic_name }}: how is your skin?"
          text: "{{ clinic_name }}: how is your skin? {{ check_in_url }}"
"""
_PATCHES = """\
PATCHES:
  label: New dark patches
  action: Tell the clinic.
  short: new patches
  severity: CAUTION
  is_emergency: false
  signs: {en: [dark patch]}
  sources: [study]
"""


def asking_pack() -> dict[str, str]:
    files = pack.pack()
    flags = files["red-flags.yaml"].replace(
        "  sources: [study]\n", "  signs: {en: [fever, pus], es: [fiebre]}\n  sources: [study]\n"
    )
    plan = files[PLAN].replace("steps:\n", _TEXTS, 1) + _STEP
    plan = plan.replace("seek_help_if: [INFECTION]", "seek_help_if: [INFECTION, PATCHES]")
    plan = plan.replace("Fever or pus?", "Fever or pus? New patches?")
    plan = plan.replace("fever or pus?", "fever or pus? New patches?")
    procedure = files[pack.PROCEDURE].replace(
        "red_flags: [INFECTION]", "red_flags: [INFECTION, PATCHES]"
    )
    return {
        **files,
        PLAN: plan,
        pack.PROCEDURE: procedure,
        "red-flags.yaml": flags + _PATCHES,
    }


def broken(path: str, old: str, new: str) -> dict[str, str]:
    """The pack with one text in one file replaced by another."""
    files = asking_pack()
    assert old in files[path], f"{path} has no {old!r} to replace"
    return {**files, path: files[path].replace(old, new, 1)}
