"""Whether what a process needs is there, said in a few words."""

from collections.abc import Callable, Mapping

import redis
import redis.exceptions
import sqlalchemy as sa

Check = Callable[[], str | None]
"""None when all is well, else what is wrong."""


def database_check(engine: sa.Engine) -> Check:
    def check() -> str | None:
        try:
            with engine.connect() as connection:
                connection.execute(sa.text("select 1"))
        except sa.exc.SQLAlchemyError as fault:
            return f"PostgreSQL does not answer ({type(fault).__name__})"
        return None

    return check


def redis_check(client: redis.Redis) -> Check:
    def check() -> str | None:
        try:
            client.ping()
        except redis.exceptions.RedisError as fault:
            return f"Redis does not answer ({type(fault).__name__})"
        return None

    return check


def failures(checks: Mapping[str, Check]) -> dict[str, str]:
    """What is wrong now, by the name of the check; empty when ready."""
    found = {name: check() for name, check in checks.items()}
    return {name: what for name, what in found.items() if what}
