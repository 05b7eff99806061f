"""Who may call which provider now: circuits, weights and rates that all workers share."""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
import redis
import redis.exceptions

from services.chassis.logs import get_logger
from services.contracts.catalog import Channel
from services.reminders.core.breaker import BreakerRules, Circuit
from services.reminders.core.storage_away import StorageAway
from services.reminders.delivery.domain.outgoing import Failure
from services.reminders.delivery.domain.provider_memory import StoredProviderHealth
from services.reminders.delivery.domain.providers import Weights, fit
from services.reminders.delivery.domain.retry import LONGEST_RETRY_AFTER_SECONDS, TABLE
from services.reminders.delivery.traffic import keys
from services.reminders.delivery.traffic.local_share import LocalShare
from services.reminders.delivery.traffic.scripts import ADMIT, REPORT
from services.reminders.delivery.usecases.traffic_ports import (
    Call,
    DurableStanding,
    Standing,
    Wanted,
)

_KNOWN_FOR_SECONDS = 1.0
_BUSY_PAUSE_SECONDS = 1.0

log = get_logger(__name__)


class Rates(msgspec.Struct, frozen=True, kw_only=True):
    """Messages a second: of each provider's account by the provider's name, and of a clinic.

    What has none, or 0, has no limit.
    """

    accounts: Mapping[str, float] = {}
    clinic: float = 0.0


class Gate:
    """One worker's view; never raises. Not for use from several threads."""

    def __init__(  # noqa: PLR0913 - a composition root hands over each part by name
        self,
        client: redis.Redis,
        durable: DurableStanding,
        resting: Mapping[Channel, Weights],
        rates: Rates,
        *,
        worker: str,
        rules: BreakerRules | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        luck: Callable[[], float] = random.random,
    ) -> None:
        self._redis = client
        self._durable = durable
        self._resting = resting
        self._rates = rates
        self._worker = worker
        self._rules = rules or BreakerRules()
        self._monotonic = monotonic
        self._luck = luck
        self._local = LocalShare(monotonic)
        self._admit = client.register_script(ADMIT)
        self._report = client.register_script(REPORT)
        self._known: dict[Channel, tuple[float, Standing]] = {}

    def standing(self, channel: Channel) -> Standing:
        kept = self._known.get(channel)
        if kept is not None and self._monotonic() < kept[0]:
            return kept[1]
        try:
            found = self._shared(channel)
        except redis.exceptions.RedisError:
            found = self._remembered(channel)
        self._known[channel] = (self._monotonic() + _KNOWN_FOR_SECONDS, found)
        return found

    def admit(self, channel: Channel, wanted: Sequence[Wanted]) -> list[float]:
        waits = [0.0] * len(wanted)
        groups: dict[tuple[str, str], list[int]] = {}
        for place, one in enumerate(wanted):
            groups.setdefault((one.provider, one.account), []).append(place)
        for (provider, account), places in groups.items():
            asked = [wanted[place] for place in places]
            try:
                found = self._take(channel, provider, account, asked)
            except redis.exceptions.RedisError:
                found = [self._take_locally(channel, one) for one in asked]
            for place, wait in zip(places, found, strict=True):
                waits[place] = wait
        return waits

    def report(self, channel: Channel, calls: Sequence[Call]) -> None:
        groups: dict[tuple[str, str], list[Call]] = {}
        for one in calls:
            groups.setdefault((one.provider, one.account), []).append(one)
        for (provider, account), made in groups.items():
            try:
                self._tell(channel, provider, account, made)
            except redis.exceptions.RedisError:
                continue  # health is of the last seconds: old news are none

    def _shared(self, channel: Channel) -> Standing:
        names = list(self._resting[channel])
        with self._redis.pipeline(transaction=False) as pipe:
            pipe.time()
            pipe.hgetall(keys.weights(channel))
            for name in names:
                pipe.hmget(keys.breaker(channel, name), "state", "until")
            answers: list[Any] = pipe.execute()
        (seconds, micros), weights, *breakers = answers
        now = seconds * 1000 + micros // 1000
        if not weights:
            return self._restore(channel)
        closed_to = {
            name
            for name, (state, until) in zip(names, breakers, strict=True)
            if state == b"OPEN" and float(until or 0) > now
        }
        shared = {name.decode(): float(weight) for name, weight in weights.items()}
        return Standing(weights=fit(shared, self._resting[channel]), closed_to=frozenset(closed_to))

    def _restore(self, channel: Channel) -> Standing:
        """Redis has forgotten, or never knew: give it back what the durable copy says."""
        try:
            remembered = self._durable.read(channel)
        except StorageAway:
            return self._standing_of(channel, {})
        found = self._standing_of(channel, remembered)
        if found.weights:
            self._redis.hset(
                keys.weights(channel),
                mapping={name: str(weight) for name, weight in found.weights.items()},
            )
        seconds, micros = self._redis.time()
        for name, one in remembered.items():
            if one.open_seconds > 0:
                until = int(seconds * 1000 + micros // 1000 + one.open_seconds * 1000)
                self._redis.hset(
                    keys.breaker(channel, name), mapping={"state": "OPEN", "until": until}
                )
        return found

    def _remembered(self, channel: Channel) -> Standing:
        try:
            return self._standing_of(channel, self._durable.read(channel))
        except StorageAway:
            last = self._known.get(channel)
            return last[1] if last else self._standing_of(channel, {})

    def _standing_of(self, channel: Channel, found: Mapping[str, StoredProviderHealth]) -> Standing:
        resting = self._resting[channel]
        return Standing(
            weights=fit({name: one.weight for name, one in found.items()}, resting),
            closed_to=frozenset(
                name for name, one in found.items() if one.open_seconds > 0 and name in resting
            ),
        )

    def _take(
        self, channel: Channel, provider: str, account: str, asked: Sequence[Wanted]
    ) -> list[float]:
        rate, clinic_rate = self._rates.accounts.get(provider, 0.0), self._rates.clinic
        limited = [one.clinic_id if clinic_rate > 0 else None for one in asked]
        clinics = list(dict.fromkeys(one for one in limited if one is not None))
        answer: Any = self._admit(
            keys=[
                keys.breaker(channel, provider),
                keys.bucket(channel, provider, account),
                keys.takers(channel, provider, account),
                *(keys.clinic(channel, one) for one in clinics),
            ],
            args=[
                *(rate, max(1.0, rate), clinic_rate, max(1.0, clinic_rate)),
                *(self._rules.probes, int(self._rules.open_seconds * 1000), self._worker),
                *(0 if one is None else clinics.index(one) + 1 for one in limited),
            ],
        )
        self._local.workers = max(1, int(answer[0]))
        return [int(wait) / 1000 for wait in answer[1:]]

    def _take_locally(self, channel: Channel, one: Wanted) -> float:
        account = keys.bucket(channel, one.provider, one.account)
        wants = {account: self._rates.accounts.get(one.provider, 0.0)}
        if one.clinic_id is not None:
            wants[keys.clinic(channel, one.clinic_id)] = self._rates.clinic
        return self._local.wait(wants)

    def _tell(self, channel: Channel, provider: str, account: str, calls: Sequence[Call]) -> None:
        rules = self._rules
        counted = [one for one in calls if _is_telling(one)]
        failing = [one for one in counted if one.failure and TABLE[one.failure].is_providers_fault]
        slow = [one for one in counted if one.seconds >= rules.slow_seconds]
        pause = max((_pause(one) for one in calls), default=0.0)
        open_ms = int(rules.open_seconds * (1 + self._luck() / 5) * 1000)
        answer: Any = self._report(
            keys=[
                keys.breaker(channel, provider),
                keys.bucket(channel, provider, account),
                keys.health(channel, provider),
            ],
            args=[
                *(len(counted), len(failing), len(slow), int(pause * 1000)),
                *(rules.window_seconds, rules.least_samples, rules.failing_share),
                *(rules.slow_share, open_ms, rules.probes),
            ],
        )
        if answer[0]:
            self._keep(channel, provider, Circuit(answer[1].decode()), int(answer[2]) / 1000)

    def _keep(self, channel: Channel, provider: str, circuit: Circuit, open_seconds: float) -> None:
        log.warning("circuit", channel=channel, provider=provider, state=circuit)
        self._known.pop(channel, None)
        try:
            weight = self._resting[channel].get(provider, 1.0)
            self._durable.keep_circuit(channel, provider, circuit, open_seconds, weight)
        except StorageAway:
            return  # only a copy: a Redis lost right now costs one circuit's worth of calls


def _is_telling(call: Call) -> bool:
    """Whether a call says anything about the provider; a clinic's own account may be wrong."""
    if call.failure is Failure.WITHHELD:
        return False
    return not (call.account and call.failure is Failure.NOT_ALLOWED)


def _pause(call: Call) -> float:
    if call.failure is None or not TABLE[call.failure].stops_account:
        return 0.0
    asked = _BUSY_PAUSE_SECONDS if call.retry_after is None else call.retry_after
    return min(max(asked, 0.0), LONGEST_RETRY_AFTER_SECONDS)
