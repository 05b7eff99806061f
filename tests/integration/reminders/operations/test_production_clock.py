import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.errors import Refusal, UserErrorCode
from services.contracts.operations import AdvanceClock
from tests.support.reminders.aftercare import Service


def test_production_does_not_move_the_clock(engine: sa.Engine, vault: Vault) -> None:
    refused = Service(engine, vault, env="production").do(AdvanceClock(seconds=60))

    assert isinstance(refused, Refusal)
    assert refused.code is UserErrorCode.NOT_ALLOWED
