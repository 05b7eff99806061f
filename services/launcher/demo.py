"""A clinic for trying the product, with a key. Only in development."""

from typing import Final

from services.chassis.ask import ThreadedAskClient
from services.contracts.content import SignOffForDemo
from services.contracts.errors import Refusal
from services.contracts.gateway import CreateKey, ListKeys
from services.contracts.reminders import ClinicRecord, CreateClinic, KeptClinic
from services.contracts.words import Mode, Role
from services.launcher.faults import LauncherFault
from services.launcher.home import Secrets

DEMO_CLINIC: Final = CreateClinic(
    name="Rowan Clinic",
    time_zone="America/New_York",
    country="US",
    phone="+12025550177",  # from the range reserved for fiction
)


def demo_clinic(client: ThreadedAskClient) -> ClinicRecord:
    """Return the demo clinic. It is created if it is missing."""
    reply = client.ask(DEMO_CLINIC)
    if isinstance(reply, Refusal):
        raise LauncherFault(f"The demo clinic could not be made: {reply.message}")
    return reply.clinic if isinstance(reply, KeptClinic) else reply


def sign_off_for_demo(client: ThreadedAskClient, clinic: ClinicRecord) -> None:
    """Sign off all plans of the clinic, as production requires."""
    reply = client.ask(SignOffForDemo(clinic_id=clinic.id))
    if reply.refusal is not None:
        raise LauncherFault(f"The demo clinic's plans were not signed: {reply.refusal.message}")


def demo_key(client: ThreadedAskClient, clinic: ClinicRecord, secrets: Secrets) -> str:
    """Return the last key while it is valid, or a new one: role STAFF, mode TEST."""
    kept = secrets.demo_key
    if kept is not None:
        keys = client.ask(ListKeys(clinic_id=clinic.id))
        good = (key.prefix for key in keys if key.revoked_at is None)
        if any(kept.startswith(prefix) for prefix in good):
            return kept
    return client.ask(CreateKey(clinic_id=clinic.id, role=Role.STAFF, mode=Mode.TEST))
