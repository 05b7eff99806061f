"""Logs what the timers of check-ins must report; monitoring counts these lines."""

from services.chassis.logs import get_logger

log = get_logger(__name__)


class StructuredTimerLog:
    def unanswered(self, clinic_id: int, tier: int) -> None:
        log.error("escalation_unanswered", clinic=clinic_id, count=tier)

    def failed(self, timer: str, fault: Exception) -> None:
        log.error("watch_failed", operation=timer, exc_info=fault)
