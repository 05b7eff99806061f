import pytest

from tests.support.gateway.intake import Kept


@pytest.fixture
def kept() -> Kept:
    return Kept()
