from services.chassis.vault import Vault
from services.contracts import (
    check_ins,
    clinics,
    enrollments,
    incoming,
    operations,
    patients,
    privacy,
    reminders,
    replies,
    senders,
    simulation,
)
from services.contracts.ask import Ask, Command
from services.contracts.reminders import ScopedAsk, ScopedCommand
from tests.support.reminders.aftercare import handlers_of

MODULES = (
    *(check_ins, clinics, enrollments, incoming, operations, patients, privacy),
    *(reminders, replies, senders, simulation),
)
KINDS = {
    kind
    for module in MODULES
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, Ask) and kind.__module__ == module.__name__
    if kind not in (ScopedAsk, ScopedCommand)
}


def test_every_kind_of_ask_is_answered(vault: Vault) -> None:
    queries, commands = handlers_of(vault)

    assert set(queries) == {kind for kind in KINDS if not issubclass(kind, Command)}
    assert set(commands) == {kind for kind in KINDS if issubclass(kind, Command)}
