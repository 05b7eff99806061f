"""Finds the clinic that an operator names."""

from services.chassis.ask import ThreadedAskClient
from services.contracts.reminders import ClinicRecord, ListClinics
from services.launcher.faults import LauncherFault


def find_clinic(client: ThreadedAskClient, name: str) -> ClinicRecord:
    """Return the clinic with this name or number. Raises LauncherFault if there is none."""
    clinics = client.ask(ListClinics())
    for clinic in clinics:
        if name in (clinic.name, str(clinic.id)):
            return clinic
    names = ", ".join(f"“{clinic.name}”" for clinic in clinics) or "none yet"
    raise LauncherFault(f"There is no clinic “{name}”. Clinics: {names}.")
