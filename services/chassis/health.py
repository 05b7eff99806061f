"""Checks of what a process needs."""

from collections.abc import Callable, Mapping

import redis
import redis.exceptions
import sqlalchemy as sa

Check = Callable[[], str | None]
"""Returns None, or what is wrong in a few words."""


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
    """Return what is wrong by the name of the check. Empty if the process is ready."""
    results = {name: check() for name, check in checks.items()}
    return {name: fault for name, fault in results.items() if fault}
