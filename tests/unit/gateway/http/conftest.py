import pytest

from tests.support.intake import Kept


@pytest.fixture
def kept() -> Kept:
    return Kept()
