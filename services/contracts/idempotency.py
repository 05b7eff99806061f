"""What an idempotency key is, wherever one is read."""

from typing import Final

LONGEST_KEY: Final = 200
KEY_RULE: Final = f"An idempotency key has 1 to {LONGEST_KEY} characters, on one line."
"""For a person."""
