from services.chassis.settings import Secret
from services.chassis.vault import Vault
from services.contracts import (
    check_ins,
    clinics,
    clock,
    enrollments,
    incoming,
    operations,
    patients,
    privacy,
    reminders,
    replanning,
    replies,
    senders,
    simulation,
    together,
)
from services.contracts.ask import Ask, Command
from services.reminders.channels.email.links import SignedLinks
from services.reminders.checking_in import Care, check_in_commanders, check_in_readers
from services.reminders.incoming import incoming_commanders
from services.reminders.operating import operating_commanders, operating_readers
from services.reminders.replanning import replanning_commanders
from services.reminders.service_wiring import Desk, commanders, readers, simulating
from services.reminders.settings import RemindersSettings
from services.reminders.together import together_readers
from tests.support.aftercare import FixedPlans

MODULES = (
    *(check_ins, clinics, clock, enrollments, incoming, operations, patients, privacy),
    *(reminders, replanning, replies, senders, simulation, together),
)
KINDS = {
    kind
    for module in MODULES
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, Ask) and kind not in (Ask, Command)
}
SETTINGS = RemindersSettings(
    database_url=Secret(""),
    redis_url=Secret(""),
    data_keys=Secret(""),
    index_keys=Secret(""),
    secret_key=Secret(""),
)


def test_every_kind_of_ask_is_answered(vault: Vault) -> None:
    desk = Desk(vault, print)
    care = Care(vault, SignedLinks("https://clinic.example", "secret"), print)
    reads = {
        **readers(desk),
        **operating_readers(),
        **simulating(desk, SETTINGS, FixedPlans()),
        **check_in_readers(care),
    }
    reads |= together_readers(reads)
    commands = {
        *commanders(desk, SETTINGS, FixedPlans()),
        *incoming_commanders(vault, print, care),
        *check_in_commanders(care),
        *operating_commanders(print),
        *replanning_commanders(desk.uow),
    }

    assert set(reads) == {kind for kind in KINDS if not issubclass(kind, Command)}
    assert commands == {kind for kind in KINDS if issubclass(kind, Command)}
