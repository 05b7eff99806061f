import pytest
import sqlalchemy as sa

from services.chassis.vault import Vault
from tests.support.aftercare import Clinic, Service


@pytest.fixture
def service(engine: sa.Engine, vault: Vault) -> Service:
    return Service(engine, vault)


@pytest.fixture
def clinic(service: Service) -> Clinic:
    return Clinic(service)
