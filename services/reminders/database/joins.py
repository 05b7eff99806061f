"""Conditions that join a row to what it belongs to; both are of one clinic."""

from typing import Final

import sqlalchemy as sa

from services.reminders.database.tables import enrollment, outbound, plan_version

IS_ITS_ENROLLMENT: Final = sa.and_(
    enrollment.c.clinic_id == outbound.c.clinic_id, enrollment.c.id == outbound.c.enrollment_id
)
IS_ITS_PLAN: Final = sa.and_(
    plan_version.c.clinic_id == enrollment.c.clinic_id,
    plan_version.c.id == enrollment.c.plan_version_id,
)
"""The version that the enrollment is pinned to now. Ended messages may be of an earlier one."""
