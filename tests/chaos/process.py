"""The worker and the dispatcher as they are, but for short leases and what is broken on purpose.

Run as `python -m tests.chaos.process worker|dispatcher`; CHAOS (JSON) says what differs.
"""

import os
import sys

import msgspec

from services.contracts.catalog import Channel
from services.reminders import dispatcher, wiring, worker
from services.reminders.delivery.usecases.send_batch import SendingLimits
from tests.chaos.failpoints import Failpoint, arm
from tests.chaos.mutants import APPLY

LEASE_SECONDS = 3.0


class Orders(msgspec.Struct, frozen=True, kw_only=True):
    mutant: str | None = None
    failpoint: Failpoint | None = None


def short_limits() -> SendingLimits:
    return SendingLimits(lease_seconds=LEASE_SECONDS, deadline_seconds=0.4 * LEASE_SECONDS)


def main(role: str) -> int:
    orders = msgspec.json.decode(os.environ.get("CHAOS", "{}"), type=Orders)
    setattr(wiring, "SendingLimits", short_limits)  # noqa: B010 - mypy allows no other way
    if orders.mutant:
        APPLY[orders.mutant]()
    if orders.failpoint:
        arm(orders.failpoint)
    if role == "dispatcher":
        return dispatcher.main(os.environ)
    return worker.main(Channel.SMS, os.environ)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
