import time
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa

from services.chassis.answer import CommandContext
from services.chassis.ask import ThreadedAskClient, UpstreamFailed
from services.chassis.vault import Vault
from services.contracts.gateway import STREAM, CreateKey, ListKeys, RevokeKey
from services.contracts.words import Mode, Role
from services.gateway.identity.keys import hash_of
from services.gateway.identity.viewer import Viewer
from services.gateway.storage.api_keys import (
    StoredKeys,
    create_key,
    list_keys,
    revoke_key,
)
from services.gateway.storage.tables import api_key
from tests.support.gateway_process import running

CONTEXT = CommandContext("c1")
STAFF = CreateKey(clinic_id=5, role=Role.STAFF, mode=Mode.TEST)


@pytest.fixture
def connection(engine: sa.Engine) -> Iterator[sa.Connection]:
    with engine.connect() as opened:
        yield opened


@pytest.fixture
def client(redis_url: str, vault: Vault) -> Iterator[ThreadedAskClient]:
    opened = ThreadedAskClient(redis_url, vault)
    yield opened
    opened.close()


def holder(connection: sa.Connection, text: str) -> Viewer | None:
    connection.commit()
    found = StoredKeys(connection.engine).find(hash_of(text))
    return found.viewer if found else None


def test_finds_the_holder_of_a_key(connection: sa.Connection) -> None:
    text = create_key(connection, STAFF, CONTEXT)
    found = holder(connection, text)
    assert found is not None
    assert (found.role, found.clinic_id, found.mode) == (Role.STAFF, 5, Mode.TEST)


def test_does_not_store_the_key(connection: sa.Connection) -> None:
    text = create_key(connection, STAFF, CONTEXT)
    row = connection.execute(sa.select(api_key)).one()
    assert text not in str(row._asdict())
    assert text.startswith(row.prefix)


def test_a_revoked_key_has_no_holder(connection: sa.Connection) -> None:
    text = create_key(connection, STAFF, CONTEXT)
    ((record,),) = list_keys(connection, [ListKeys()])
    assert revoke_key(connection, RevokeKey(key_id=record.id), CONTEXT)
    assert not revoke_key(connection, RevokeKey(key_id=record.id), CONTEXT)
    assert holder(connection, text) is None


def test_lists_the_keys_of_a_clinic_or_of_all(connection: sa.Connection) -> None:
    create_key(connection, STAFF, CONTEXT)
    create_key(connection, CreateKey(clinic_id=None, role=Role.OPERATOR, mode=Mode.LIVE), CONTEXT)
    of_clinic, of_all = list_keys(connection, [ListKeys(clinic_id=5), ListKeys()])
    assert [key.role for key in of_clinic] == [Role.STAFF]
    assert [key.role for key in of_all] == [Role.STAFF, Role.OPERATOR]


@pytest.mark.parametrize(
    "command",
    [
        CreateKey(clinic_id=5, role=Role.OPERATOR, mode=Mode.LIVE),
        CreateKey(clinic_id=None, role=Role.ADMIN, mode=Mode.LIVE),
    ],
)
def test_only_operators_belong_to_no_clinic(connection: sa.Connection, command: CreateKey) -> None:
    with pytest.raises(ValueError, match="OPERATOR"):
        create_key(connection, command, CONTEXT)


def test_a_key_made_by_ask_opens_the_door_until_it_is_revoked(
    gateway_environment: dict[str, str], client: ThreadedAskClient
) -> None:
    with running(gateway_environment) as gateway:
        key = client.ask(STREAM, STAFF, timeout=10)
        assert gateway.ask("{ access { roles mode } }", key).json["data"] == {
            "access": {"roles": ["STAFF"], "mode": "TEST"}
        }
        ((record,),) = (client.ask(STREAM, ListKeys(clinic_id=5), timeout=10),)
        assert client.ask(STREAM, RevokeKey(key_id=record.id), timeout=10)
        _wait_until_refused(lambda: gateway.ask("{ __typename }", key).status)


def test_a_key_that_cannot_be_made_is_said_to_have_failed(
    gateway_environment: dict[str, str], client: ThreadedAskClient
) -> None:
    operator = CreateKey(clinic_id=5, role=Role.OPERATOR, mode=Mode.LIVE)
    with running(gateway_environment), pytest.raises(UpstreamFailed):
        client.ask(STREAM, operator, timeout=10)


def _wait_until_refused(status: Callable[[], int]) -> None:
    deadline = time.monotonic() + 10
    while status() != 401:
        assert time.monotonic() < deadline
        time.sleep(0.1)
