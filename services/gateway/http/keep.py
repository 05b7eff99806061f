"""How pages and webhooks store what must not be lost."""

from collections.abc import Callable
from datetime import datetime

from services.gateway.intake.items import IntakePayload

Keep = Callable[[Callable[[datetime], IntakePayload]], None]
"""Commits the payload that a function makes for the product's current time; then it is safe."""
