"""Finding the clinic that an operator names."""

from services.chassis.ask import ThreadedAskClient
from services.contracts.reminders import ClinicRecord, ListClinics
from services.launcher.faults import LauncherFault


def find_clinic(client: ThreadedAskClient, name: str) -> ClinicRecord:
    """The clinic of this name, or of this number; raises LauncherFault when there is none."""
    known = client.ask(ListClinics())
    for clinic in known:
        if name in (clinic.name, str(clinic.id)):
            return clinic
    names = ", ".join(f"“{clinic.name}”" for clinic in known) or "none yet"
    raise LauncherFault(f"There is no clinic “{name}”. Clinics: {names}.")
