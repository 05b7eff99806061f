from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from services.chassis.answer import CommandContext
from services.chassis.ask import ThreadedAskClient, UpstreamFailed
from services.chassis.vault import Vault
from services.contracts.gateway import CreateKey, ListKeys, RevokeKey
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
from tests.support.processes.gateway_process import running
from tests.support.waiting import eventually

CONTEXT = CommandContext("c1")
STAFF = CreateKey(clinic_id=5, role=Role.STAFF, mode=Mode.TEST)
ADA = CreateKey(clinic_id=5, role=Role.CLINICIAN, mode=Mode.TEST, person="Dr. Ada Example")
VAULT = Vault({"k1": b"d" * 32}, {"i1": b"i" * 32})


@pytest.fixture
def connection(engine: sa.Engine) -> Iterator[sa.Connection]:
    with engine.connect() as opened:
        yield opened


@pytest.fixture
def client(redis_url: str, vault: Vault) -> Iterator[ThreadedAskClient]:
    opened = ThreadedAskClient(redis_url, vault)
    yield opened
    opened.close()


def made(connection: sa.Connection, command: CreateKey) -> str:
    return create_key(connection, command, CONTEXT, vault=VAULT)


def holder(connection: sa.Connection, text: str) -> Viewer | None:
    connection.commit()
    key = StoredKeys(connection.engine, VAULT).find(hash_of(text))
    return key.viewer if key else None


def test_finds_the_holder_of_a_key(connection: sa.Connection) -> None:
    text = made(connection, STAFF)
    viewer = holder(connection, text)
    assert viewer is not None
    assert (viewer.role, viewer.clinic_id, viewer.mode) == (Role.STAFF, 5, Mode.TEST)


def test_does_not_store_the_key(connection: sa.Connection) -> None:
    text = made(connection, STAFF)
    row = connection.execute(sa.select(api_key)).one()
    assert text not in str(row._asdict())
    assert text.startswith(row.prefix)


def test_a_revoked_key_has_no_holder(connection: sa.Connection) -> None:
    text = made(connection, STAFF)
    ((record,),) = list_keys(connection, [ListKeys()], vault=VAULT)
    assert revoke_key(connection, RevokeKey(key_id=record.id), CONTEXT)
    assert not revoke_key(connection, RevokeKey(key_id=record.id), CONTEXT)
    assert holder(connection, text) is None


def test_lists_the_keys_of_a_clinic_or_of_all(connection: sa.Connection) -> None:
    made(connection, STAFF)
    made(connection, CreateKey(clinic_id=None, role=Role.OPERATOR, mode=Mode.LIVE))
    of_clinic, of_all = list_keys(connection, [ListKeys(clinic_id=5), ListKeys()], vault=VAULT)
    assert [key.role for key in of_clinic] == [Role.STAFF]
    assert [key.role for key in of_all] == [Role.STAFF, Role.OPERATOR]


def test_a_persons_key_says_whose_it_is(connection: sa.Connection) -> None:
    text = made(connection, ADA)

    viewer = holder(connection, text)
    ((record,),) = list_keys(connection, [ListKeys()], vault=VAULT)
    assert (viewer and viewer.person, record.person) == (ADA.person, ADA.person)


def test_whose_key_it_is_cannot_be_read_from_the_database(connection: sa.Connection) -> None:
    made(connection, ADA)

    row = connection.execute(sa.select(api_key)).one()
    assert b"Ada" not in row.person_sealed


def test_a_name_whose_seal_cannot_be_opened_is_nobodys_and_the_key_goes_on(
    connection: sa.Connection,
) -> None:
    text = made(connection, ADA)
    connection.commit()
    other = Vault({"k2": b"e" * 32}, {"i1": b"i" * 32})

    key = StoredKeys(connection.engine, other).find(hash_of(text))

    assert key is not None
    assert (key.viewer.role, key.viewer.person) == (Role.CLINICIAN, None)


def test_only_the_clinics_own_keys_have_names_for_it(connection: sa.Connection) -> None:
    made(connection, ADA)
    made(connection, STAFF)
    connection.commit()
    first, second = connection.execute(sa.select(api_key.c.id).order_by(api_key.c.id)).scalars()
    keys = StoredKeys(connection.engine, VAULT)

    assert keys.names(5, [first, second]) == {first: ADA.person, second: None}
    assert keys.names(6, [first, second]) == {}


@pytest.mark.parametrize(
    ("role", "person"),
    [
        (Role.FRONT_END, "Dr. Ada Example"),
        (Role.STAFF, ""),
        (Role.STAFF, " Ada"),
        (Role.STAFF, "Ada\nExample"),
        (Role.STAFF, "A" * 101),
    ],
)
def test_a_key_is_nobodys_where_it_ships_in_an_app_or_the_name_is_none(
    connection: sa.Connection, role: Role, person: str
) -> None:
    command = CreateKey(clinic_id=5, role=role, mode=Mode.LIVE, person=person)

    with pytest.raises(ValueError, match="person"):
        made(connection, command)


@pytest.mark.parametrize(
    "command",
    [
        CreateKey(clinic_id=5, role=Role.OPERATOR, mode=Mode.LIVE),
        CreateKey(clinic_id=None, role=Role.ADMIN, mode=Mode.LIVE),
    ],
)
def test_only_operators_belong_to_no_clinic(connection: sa.Connection, command: CreateKey) -> None:
    with pytest.raises(ValueError, match="OPERATOR"):
        made(connection, command)


def test_a_key_made_by_ask_opens_the_door_until_it_is_revoked(
    gateway_environment: dict[str, str], client: ThreadedAskClient
) -> None:
    with running(gateway_environment) as gateway:
        key = client.ask(STAFF, timeout=10)
        assert gateway.ask("{ access { roles mode } }", key).json["data"] == {
            "access": {"roles": ["STAFF"], "mode": "TEST"}
        }
        ((record,),) = (client.ask(ListKeys(clinic_id=5), timeout=10),)
        assert client.ask(RevokeKey(key_id=record.id), timeout=10)
        assert eventually(lambda: gateway.ask("{ __typename }", key).status == 401, within=10)


def test_a_key_that_cannot_be_made_is_said_to_have_failed(
    gateway_environment: dict[str, str], client: ThreadedAskClient
) -> None:
    operator = CreateKey(clinic_id=5, role=Role.OPERATOR, mode=Mode.LIVE)
    with running(gateway_environment), pytest.raises(UpstreamFailed):
        client.ask(operator, timeout=10)
