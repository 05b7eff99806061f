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
)
from services.contracts.ask import Ask, Command
from tests.support.reminders.aftercare import handlers_of

MODULES = (
    *(check_ins, clinics, clock, enrollments, incoming, operations, patients, privacy),
    *(reminders, replanning, replies, senders, simulation),
)
KINDS = {
    kind
    for module in MODULES
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, Ask) and kind.__module__ == module.__name__
}


def test_every_kind_of_ask_is_answered(vault: Vault) -> None:
    queries, commands = handlers_of(vault)

    assert set(queries) == {kind for kind in KINDS if not issubclass(kind, Command)}
    assert set(commands) == {kind for kind in KINDS if issubclass(kind, Command)}
