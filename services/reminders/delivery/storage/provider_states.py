"""The copy of providers' weights and circuits that outlives Redis, and the history of changes."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.clock import product_now
from services.contracts.catalog import Channel
from services.reminders.core.breaker import Circuit, Health
from services.reminders.database.tables import provider_change, provider_state
from services.reminders.database.unit_of_work import transaction
from services.reminders.delivery.domain.providers import (
    MINUTE_SECONDS,
    StoredProviderHealth,
    WeightMove,
    Weights,
    fit,
    move,
)
from services.reminders.delivery.storage.circuit_waits import let_go

_MINUTE = sa.literal(timedelta(seconds=MINUTE_SECONDS), sa.Interval())


class ProviderStates:
    """Raises StorageAway."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def read(self, channel: Channel) -> Mapping[str, StoredProviderHealth]:
        left = sa.func.extract("epoch", provider_state.c.open_until - sa.func.now())
        statement = sa.select(
            provider_state.c.provider,
            provider_state.c.weight,
            sa.case((provider_state.c.circuit == Circuit.OPEN, left), else_=0.0).label("left"),
        ).where(provider_state.c.channel == channel)
        with transaction(self._engine) as connection:
            return {
                row.provider: StoredProviderHealth(
                    weight=row.weight, open_seconds=max(0.0, float(row.left or 0))
                )
                for row in connection.execute(statement)
            }

    def keep_circuit(
        self,
        channel: Channel,
        provider: str,
        circuit: Circuit,
        open_seconds: float,
        weight: float,
    ) -> None:
        """Store a circuit's change, and let go what waited for one that has closed.

        `weight` is for a provider that is not stored yet.
        """
        until = sa.func.now() + sa.literal(timedelta(seconds=open_seconds), sa.Interval())
        changed: dict[str, Any] = {
            "circuit": circuit,
            "open_until": until if circuit is Circuit.OPEN else None,
        }
        added = insert(provider_state).values(
            channel=channel,
            provider=provider,
            weight=weight,
            moved_at=sa.func.now() - _MINUTE,
            **changed,
        )
        with transaction(self._engine) as connection:
            connection.execute(
                added.on_conflict_do_update(index_elements=["channel", "provider"], set_=changed)
            )
            _note(connection, channel, {provider: f"CIRCUIT_{circuit}"}, {})
            if circuit is Circuit.CLOSED:
                let_go(connection, channel)

    def move(
        self, channel: Channel, resting: Weights, health: Mapping[str, Health]
    ) -> Mapping[str, float]:
        """Shift weights at most once a minute across all callers. Returns the current weights.

        The rows are locked, and the minute is measured by the database's clock.
        """
        with transaction(self._engine) as connection:
            connection.execute(_add_missing(channel, resting))
            rows = connection.execute(_locked(channel, resting)).all()
            weights = fit({row.provider: row.weight for row in rows}, resting)
            if any(row.is_fresh for row in rows):
                return weights
            moved = move(weights, resting, health)
            if moved.reasons:
                _store(connection, channel, moved)
        return moved.weights


def _add_missing(channel: Channel, resting: Weights) -> sa.Insert:
    return (
        insert(provider_state)
        .values(
            [
                {"channel": channel, "provider": name, "weight": weight}
                | {"moved_at": sa.func.now() - _MINUTE}
                for name, weight in resting.items()
            ]
        )
        .on_conflict_do_nothing()
    )


def _locked(channel: Channel, resting: Weights) -> sa.Select[*tuple[Any, ...]]:
    is_fresh = provider_state.c.moved_at > sa.func.now() - _MINUTE
    return (
        sa.select(provider_state.c.provider, provider_state.c.weight, is_fresh.label("is_fresh"))
        .where(provider_state.c.channel == channel, provider_state.c.provider.in_(list(resting)))
        .order_by(provider_state.c.provider)
        .with_for_update()
    )


def _store(connection: sa.Connection, channel: Channel, moved: WeightMove) -> None:
    for name, weight in moved.weights.items():
        connection.execute(
            sa.update(provider_state)
            .where(provider_state.c.channel == channel, provider_state.c.provider == name)
            .values(weight=weight, moved_at=sa.func.now())
        )
    _note(connection, channel, moved.reasons, moved.weights)


def _note(
    connection: sa.Connection,
    channel: Channel,
    reasons: Mapping[str, str],
    weights: Mapping[str, float],
) -> None:
    connection.execute(
        sa.insert(provider_change).values(at=product_now),
        [
            {"channel": channel, "provider": name, "code": code, "weight": weights.get(name)}
            for name, code in reasons.items()
        ],
    )
