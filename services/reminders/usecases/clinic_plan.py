"""A plan as a clinic has it, for patients who are to be enrolled in it."""

from typing import Protocol

from services.contracts.content import ClinicPlan


class PlanSource(Protocol):
    """Where plans come from."""

    def plan(self, clinic_id: int | None, slug: str, locale: str) -> ClinicPlan | None:
        """Find a plan of the current release as the clinic has it; None: there is no such plan.

        In the locale, else in the base locale; as the release has it without a clinic.
        """
        ...
