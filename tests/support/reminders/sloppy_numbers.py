"""Numbers as people, spreadsheets and phones write them, each with the number that is meant."""

from pathlib import Path
from typing import Final

import msgspec
import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

_FILE: Final = Path(__file__).parents[2] / "data" / "numbers" / "sloppy.jsonl"


class SloppyNumber(msgspec.Struct, frozen=True):
    """A text that somebody of a country typed. `number` is None if it must be refused."""

    country: str
    typed: str
    number: str | None


def sloppy_numbers() -> list[SloppyNumber]:
    return msgspec.json.Decoder(SloppyNumber).decode_lines(_FILE.read_bytes())


def example_mobiles() -> dict[str, str]:
    """The example of the library for a mobile of each region that has one, in E.164."""
    examples = {
        region: phonenumbers.example_number_for_type(region, PhoneNumberType.MOBILE)
        for region in sorted(phonenumbers.SUPPORTED_REGIONS)
    }
    return {
        region: phonenumbers.format_number(example, PhoneNumberFormat.E164)
        for region, example in examples.items()
        if example is not None
    }
