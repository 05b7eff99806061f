"""What patients get today, for the daily cap."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from services.contracts.catalog import Channel
from services.contracts.words import ReminderStatus
from services.reminders.core.caps import OfToday
from services.reminders.core.claim import Claim
from services.reminders.core.outbound import OutboundKind
from services.reminders.core.states import UNSENT
from services.reminders.database.tables import outbound
from services.reminders.database.unnest import rows

Today = tuple[int, int, Channel]  # (clinic id, patient id, channel)

_BEGUN = (
    ReminderStatus.SENDING,
    ReminderStatus.ACCEPTED,
    ReminderStatus.UNKNOWN,
    ReminderStatus.DELIVERED,
    ReminderStatus.UNDELIVERED,
)
_DAY = timedelta(days=1)
_DUE_BEFORE = timedelta(days=2)
"""What was due longer ago than this before midnight is not looked for: hardly any is."""


def todays(
    connection: sa.Connection,
    claims: Sequence[Claim],
    midnights: Mapping[tuple[int, int], datetime],
) -> Mapping[Today, list[OfToday]]:
    """Reminders begun since a patient's midnight, and those due by the next and not begun.

    `midnights` has the start of the local day by (clinic id, patient id); others are left out.
    """
    wanted = sorted(
        {
            (one.clinic_id, one.patient_id, one.channel)
            for one in claims
            if one.patient_id is not None and (one.clinic_id, one.patient_id) in midnights
        }
    )
    found: defaultdict[Today, list[OfToday]] = defaultdict(list)
    if not wanted:
        return found
    day = rows(
        "day",
        clinic_id=[clinic_id for clinic_id, _, _ in wanted],
        patient_id=[patient_id for _, patient_id, _ in wanted],
        channel=[str(channel) for _, _, channel in wanted],
        at=[midnights[clinic_id, patient_id] for clinic_id, patient_id, _ in wanted],
    )
    for row in connection.execute(_of(day)):
        found[row.clinic_id, row.patient_id, row.channel].append(
            OfToday(
                id=row.id,
                lane=row.lane,
                step_kind=row.step_kind,
                due_at=row.due_at,
                is_begun=row.state in _BEGUN,
            )
        )
    return found


def _of(day: sa.TableValuedAlias) -> sa.Select[*tuple[object, ...]]:
    is_begun_today = sa.and_(outbound.c.state.in_(_BEGUN), outbound.c.state_at >= day.c.at)
    is_waiting = sa.and_(outbound.c.state.in_(UNSENT), outbound.c.hold_id.is_(None))
    return sa.select(
        *(outbound.c.clinic_id, outbound.c.patient_id, outbound.c.channel, outbound.c.id),
        *(outbound.c.lane, outbound.c.step_kind, outbound.c.due_at, outbound.c.state),
    ).where(
        outbound.c.clinic_id == day.c.clinic_id,
        outbound.c.patient_id == day.c.patient_id,
        outbound.c.channel == day.c.channel,
        outbound.c.kind == OutboundKind.REMINDER,
        outbound.c.due_at >= day.c.at - sa.literal(_DUE_BEFORE, sa.Interval()),
        outbound.c.due_at < day.c.at + sa.literal(_DAY, sa.Interval()),
        sa.or_(is_begun_today, is_waiting),
    )
