"""API keys, stored without their secrets."""

from collections.abc import Collection, Sequence
from typing import Final

import sqlalchemy as sa

from services.chassis.answer import CommandContext
from services.chassis.logs import get_logger
from services.chassis.vault import CannotOpen, Vault
from services.contracts.gateway import CreateKey, KeyRecord, ListKeys, RevokeKey, person_fault
from services.contracts.words import Mode, Role
from services.gateway.identity.keys import Holder, KeysNotReadable, new_key
from services.gateway.identity.viewer import Viewer
from services.gateway.storage.tables import api_key

_PERSON: Final = "gateway.api_key.person"

log = get_logger(__name__)


class StoredKeys:
    """Looks up the holders of keys, with its own connections."""

    def __init__(self, engine: sa.Engine, vault: Vault) -> None:
        self._engine = engine
        self._vault = vault

    def find(self, key_hash: bytes) -> Holder | None:
        """Return the holder of a key; raises KeysNotReadable while the database is away."""
        try:
            with self._engine.connect() as connection:
                return find_holder(connection, self._vault, key_hash)
        except sa.exc.SQLAlchemyError as fault:
            raise KeysNotReadable(type(fault).__name__) from None

    def names(self, clinic_id: int, key_ids: Collection[int]) -> dict[int, str | None]:
        """Return who holds each of these keys of a clinic; raises KeysNotReadable."""
        query = sa.select(api_key.c.id, api_key.c.person_sealed).where(
            api_key.c.clinic_id == clinic_id, api_key.c.id.in_(key_ids)
        )
        try:
            with self._engine.connect() as connection:
                rows = connection.execute(query).all()
        except sa.exc.SQLAlchemyError as fault:
            raise KeysNotReadable(type(fault).__name__) from None
        return {row.id: _person(self._vault, row.person_sealed) for row in rows}


def find_holder(connection: sa.Connection, vault: Vault, key_hash: bytes) -> Holder | None:
    row = connection.execute(
        sa.select(api_key).where(api_key.c.hash == key_hash, api_key.c.revoked_at.is_(None))
    ).one_or_none()
    if row is None:
        return None
    person = _person(vault, row.person_sealed)
    viewer = Viewer(Role(row.role), row.clinic_id, Mode(row.mode), row.id, person)
    return Holder(row.hash, viewer)


def create_key(
    connection: sa.Connection, command: CreateKey, _context: CommandContext, *, vault: Vault
) -> str:
    """Return the key's text, which only the inbox stores, encrypted and for two days."""
    if (command.role is Role.OPERATOR) != (command.clinic_id is None):
        raise ValueError("an OPERATOR key belongs to no clinic, every other key to one")
    if command.person is not None and (fault := person_fault(command.role, command.person)):
        raise ValueError(fault)
    key = new_key(command.mode)
    connection.execute(
        sa.insert(api_key).values(
            clinic_id=command.clinic_id,
            role=command.role,
            mode=command.mode,
            hash=key.hash,
            prefix=key.prefix,
            person_sealed=command.person and vault.seal_text(command.person, context=_PERSON),
        )
    )
    return key.text


def revoke_key(connection: sa.Connection, command: RevokeKey, _context: CommandContext) -> bool:
    revoked = connection.execute(
        sa.update(api_key)
        .where(api_key.c.id == command.key_id, api_key.c.revoked_at.is_(None))
        .values(revoked_at=sa.func.now())
    )
    return revoked.rowcount == 1


def list_keys(
    connection: sa.Connection, questions: Sequence[ListKeys], *, vault: Vault
) -> list[tuple[KeyRecord, ...]]:
    return [_keys_of(connection, vault, question.clinic_id) for question in questions]


def _keys_of(
    connection: sa.Connection, vault: Vault, clinic_id: int | None
) -> tuple[KeyRecord, ...]:
    query = sa.select(api_key).order_by(api_key.c.id)
    if clinic_id is not None:
        query = query.where(api_key.c.clinic_id == clinic_id)
    return tuple(
        KeyRecord(
            id=row.id,
            clinic_id=row.clinic_id,
            role=Role(row.role),
            mode=Mode(row.mode),
            prefix=row.prefix,
            created_at=row.created_at,
            revoked_at=row.revoked_at,
            person=_person(vault, row.person_sealed),
        )
        for row in connection.execute(query)
    )


def _person(vault: Vault, sealed: bytes | None) -> str | None:
    """Decrypt a name; None if it cannot be: its key signs nothing, and can still be revoked."""
    if sealed is None:
        return None
    try:
        return vault.open_text(sealed, context=_PERSON)
    except CannotOpen as fault:
        log.warning("key_holder_not_readable", error=str(fault))
        return None
