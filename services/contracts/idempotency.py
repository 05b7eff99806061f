"""The form of an idempotency key."""

from typing import Final

LONGEST_KEY: Final = 200
KEY_RULE: Final = f"An idempotency key has 1 to {LONGEST_KEY} characters, on one line."
"""The rule in words."""
