from services.chassis.settings import Secret
from services.chassis.vault import Vault
from services.contracts import clock, incoming, operations, reminders, replies, senders
from services.contracts.ask import Ask, Command
from services.reminders.incoming import incoming_commanders
from services.reminders.operating import operating_commanders, operating_readers
from services.reminders.service_wiring import Desk, commanders, readers
from services.reminders.settings import RemindersSettings
from tests.support.aftercare import FixedPlans

KINDS = {
    kind
    for module in (clock, incoming, operations, reminders, replies, senders)
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
    reads = {*readers(desk), *operating_readers()}
    commands = {
        *commanders(desk, SETTINGS, FixedPlans()),
        *incoming_commanders(vault, print),
        *operating_commanders(print),
    }

    assert reads == {kind for kind in KINDS if not issubclass(kind, Command)}
    assert commands == {kind for kind in KINDS if issubclass(kind, Command)}
