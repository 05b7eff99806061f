"""Lists that a statement takes as the columns of a table."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from services.reminders.database.precompiled import Precompiled, table_of, values_of
from services.reminders.database.unit_of_work import alone

CODES = [
    "",
    "null",
    "NULL",
    None,
    'a "quoted" one',
    "back\\slash",
    "{a,b}",
    " ' ; -- %s %(x)s",
    "ñ☂\n",
]
COLUMNS: dict[str, Sequence[Any]] = {
    "id": [-(2**63), 0, 2**63 - 1, None, 4, 5, 6, 7, 8],
    "code": CODES,
    "body_sealed": [b"", b"\x00\xff", b"\\", None, b"'", b'"', b"{", b",", bytes(range(256))],
    "wait_seconds": [0.0, 0.1, 1e300, None, -2.5, 1e-9, 3.0, 4.0, 5.0],
    "ignores_opt_out": [True, False, None, True, False, True, False, True, False],
    "at": [datetime(2026, 3, 29, 1, 30, 0, n, tzinfo=UTC) for n in range(9)],
}


def test_a_list_arrives_as_it_was_given(engine: sa.Engine) -> None:
    table = table_of("given", *COLUMNS)
    echo = Precompiled(sa.select(*(table.c[name] for name in COLUMNS)), lambda *row: row)
    with alone(engine) as connection:
        assert echo(connection, **values_of("given", **COLUMNS)) == list(
            zip(*COLUMNS.values(), strict=True)
        )


def test_a_constant_of_a_statement_is_text_and_nothing_else(engine: sa.Engine) -> None:
    echo = Precompiled(sa.select(*(sa.literal(code) for code in CODES if code)), lambda *row: row)
    with alone(engine) as connection:
        assert echo(connection) == [tuple(code for code in CODES if code)]
