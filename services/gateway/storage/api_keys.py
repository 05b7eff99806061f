"""Keys of the API, kept without their secrets."""

from collections.abc import Sequence

import sqlalchemy as sa

from services.chassis.answer import CommandContext
from services.contracts.gateway import CreateKey, KeyRecord, ListKeys, RevokeKey
from services.contracts.words import Mode, Role
from services.gateway.identity.keys import Holder, KeysNotReadable, new_key
from services.gateway.identity.viewer import Viewer
from services.gateway.storage.tables import api_key


class StoredKeys:
    """Finds holders of keys through connections of its own."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def find(self, key_hash: bytes) -> Holder | None:
        """Raise KeysNotReadable while the database is away."""
        try:
            with self._engine.connect() as connection:
                return find_holder(connection, key_hash)
        except sa.exc.SQLAlchemyError as fault:
            raise KeysNotReadable(type(fault).__name__) from None


def find_holder(connection: sa.Connection, key_hash: bytes) -> Holder | None:
    row = connection.execute(
        sa.select(api_key).where(api_key.c.hash == key_hash, api_key.c.revoked_at.is_(None))
    ).one_or_none()
    if row is None:
        return None
    return Holder(row.hash, Viewer(Role(row.role), row.clinic_id, Mode(row.mode), row.id))


def create_key(connection: sa.Connection, command: CreateKey, _context: CommandContext) -> str:
    """Answer with the key's text; it is kept nowhere but in the inbox, sealed, for two days."""
    if (command.role is Role.OPERATOR) != (command.clinic_id is None):
        raise ValueError("an OPERATOR key belongs to no clinic, every other key to one")
    key = new_key(command.mode)
    connection.execute(
        sa.insert(api_key).values(
            clinic_id=command.clinic_id,
            role=command.role,
            mode=command.mode,
            hash=key.hash,
            prefix=key.prefix,
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
    connection: sa.Connection, questions: Sequence[ListKeys]
) -> list[tuple[KeyRecord, ...]]:
    return [_keys_of(connection, question.clinic_id) for question in questions]


def _keys_of(connection: sa.Connection, clinic_id: int | None) -> tuple[KeyRecord, ...]:
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
        )
        for row in connection.execute(query)
    )
