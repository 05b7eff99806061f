"""How pages and webhooks store what must not be lost."""

from collections.abc import Callable
from datetime import datetime

from services.gateway.intake.items import Told

Keep = Callable[[Callable[[datetime], Told]], None]
"""Makes a command with the product's current time and commits it; then it cannot be lost."""
