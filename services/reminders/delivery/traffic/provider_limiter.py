"""Who may call which provider now: circuits, weights and rates that all workers share."""

import random
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
import redis
import redis.exceptions

from services.chassis.logs import get_logger
from services.contracts.catalog import Channel
from services.reminders.core.breaker import BreakerRules, Circuit
from services.reminders.database.unit_of_work import StorageAway
from services.reminders.delivery.domain.outgoing import Failure
from services.reminders.delivery.domain.providers import (
    PermitRequest,
    ProviderCall,
    ProviderHealth,
    StoredProviderHealth,
    Weights,
    fit,
)
from services.reminders.delivery.domain.retry import LONGEST_RETRY_AFTER_SECONDS, TABLE
from services.reminders.delivery.storage.provider_states import ProviderStates
from services.reminders.delivery.traffic import keys
from services.reminders.delivery.traffic.scripts import ADMIT, REPORT

_KNOWN_FOR_SECONDS = 1.0
_KNOWN_WHILE_ILL_SECONDS = 0.2
_BUSY_PAUSE_SECONDS = 1.0

log = get_logger(__name__)


class Rates(msgspec.Struct, frozen=True, kw_only=True):
    """Messages a second: of each provider's account by the provider's name, and of a clinic.

    What has none, or 0, has no limit.
    """

    accounts: Mapping[str, float] = {}
    clinic: float = 0.0


class ProviderLimiter:
    """One worker's view; never raises. Not for use from several threads."""

    def __init__(  # noqa: PLR0913 - a composition root passes each part by name
        self,
        client: redis.Redis,
        states: ProviderStates,
        resting: Mapping[Channel, Weights],
        rates: Rates,
        *,
        worker: str,
        rules: BreakerRules | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._rates = rates
        self._worker = worker
        self._rules = rules or BreakerRules()
        self._health = _SharedHealth(client, states, resting, monotonic, self._rules)
        self._jitter = jitter
        self._local = LocalShare(monotonic)
        self._admit = client.register_script(ADMIT)
        self._report = client.register_script(REPORT)

    def health(self, channel: Channel) -> ProviderHealth:
        return self._health.read(channel)

    def admit(self, channel: Channel, requests: Sequence[PermitRequest]) -> list[float]:
        waits = [0.0] * len(requests)
        groups: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        for place, request in enumerate(requests):
            groups[request.provider, request.account].append(place)
        for (provider, account), places in groups.items():
            group = [requests[place] for place in places]
            try:
                granted = self._take(channel, provider, account, group)
            except redis.exceptions.RedisError:
                granted = [self._take_locally(channel, request) for request in group]
            for place, wait in zip(places, granted, strict=True):
                waits[place] = wait
        return waits

    def report(self, channel: Channel, calls: Sequence[ProviderCall]) -> None:
        groups: defaultdict[tuple[str, str], list[ProviderCall]] = defaultdict(list)
        for call in calls:
            groups[call.provider, call.account].append(call)
        for (provider, account), group in groups.items():
            try:
                self._report_group(channel, provider, account, group)
            except redis.exceptions.RedisError:
                continue  # health is of the last seconds: a late report is worth nothing

    def _take(
        self, channel: Channel, provider: str, account: str, requests: Sequence[PermitRequest]
    ) -> list[float]:
        rate, clinic_rate = self._rates.accounts.get(provider, 0.0), self._rates.clinic
        limited = [request.clinic_id if clinic_rate > 0 else None for request in requests]
        clinics = list(dict.fromkeys(clinic for clinic in limited if clinic is not None))
        answer: Any = self._admit(
            keys=[
                keys.breaker(channel, provider),
                keys.bucket(channel, provider, account),
                keys.takers(channel, provider, account),
                *(keys.clinic(channel, clinic) for clinic in clinics),
            ],
            args=[
                *(rate, max(1.0, rate), clinic_rate, max(1.0, clinic_rate)),
                *(self._rules.probes, int(self._rules.probe_seconds * 1000), self._worker),
                *(0 if clinic is None else clinics.index(clinic) + 1 for clinic in limited),
            ],
        )
        self._local.workers = max(1, int(answer[0]))
        return [int(wait) / 1000 for wait in answer[1:]]

    def _take_locally(self, channel: Channel, request: PermitRequest) -> float:
        account = keys.bucket(channel, request.provider, request.account)
        wanted = {account: self._rates.accounts.get(request.provider, 0.0)}
        if request.clinic_id is not None:
            wanted[keys.clinic(channel, request.clinic_id)] = self._rates.clinic
        return self._local.wait(wanted)

    def _report_group(
        self, channel: Channel, provider: str, account: str, calls: Sequence[ProviderCall]
    ) -> None:
        rules = self._rules
        counted = [call for call in calls if _counts(channel, call)]
        failing = [
            call for call in counted if call.failure and TABLE[call.failure].is_providers_fault
        ]
        slow = [call for call in counted if call.seconds >= rules.slow_seconds]
        unanswered = [call for call in counted if call.failure is Failure.AMBIGUOUS or call in slow]
        pause = max((_pause(call) for call in calls), default=0.0)
        open_ms = int(rules.open_seconds * (1 + self._jitter() / 5) * 1000)
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
                *(int(rules.longest_open_seconds * 1000), len(unanswered)),
            ],
        )
        if answer[0]:
            circuit, open_seconds = Circuit(answer[1].decode()), int(answer[2]) / 1000
            self._health.keep_circuit(channel, provider, circuit, open_seconds)


class _SharedHealth:
    """Reads weights and circuits from Redis at most once a second; the database has a copy.

    While a circuit is open, it reads five times a second: what waits should not wait for us.
    """

    def __init__(
        self,
        client: redis.Redis,
        states: ProviderStates,
        resting: Mapping[Channel, Weights],
        monotonic: Callable[[], float],
        rules: BreakerRules,
    ) -> None:
        self._redis = client
        self._states = states
        self._resting = resting
        self._monotonic = monotonic
        self._fresh_ms = rules.fresh_seconds * 1000
        self._last_health: dict[Channel, tuple[float, ProviderHealth]] = {}

    def read(self, channel: Channel) -> ProviderHealth:
        kept = self._last_health.get(channel)
        if kept is not None and self._monotonic() < kept[0]:
            return kept[1]
        try:
            health = self._from_redis(channel)
        except redis.exceptions.RedisError:
            health = self._from_copy(channel)
        is_ill = health.closed_to or health.wants_fresh
        known_for = _KNOWN_WHILE_ILL_SECONDS if is_ill else _KNOWN_FOR_SECONDS
        self._last_health[channel] = (self._monotonic() + known_for, health)
        return health

    def keep_circuit(
        self, channel: Channel, provider: str, circuit: Circuit, open_seconds: float
    ) -> None:
        """Store a circuit's change in the copy too."""
        log.warning("circuit", channel=channel, provider=provider, state=circuit)
        self._last_health.pop(channel, None)
        try:
            weight = self._resting[channel].get(provider, 1.0)
            self._states.keep_circuit(channel, provider, circuit, open_seconds, weight)
        except StorageAway:
            return  # only a copy: if Redis is lost right now, one circuit's worth of calls is made

    def _from_redis(self, channel: Channel) -> ProviderHealth:
        names = list(self._resting[channel])
        with self._redis.pipeline(transaction=False) as pipe:
            pipe.time()
            pipe.hgetall(keys.weights(channel))
            for name in names:
                pipe.hmget(keys.breaker(channel, name), "state", "until", "probed_at")
            answers: list[Any] = pipe.execute()
        (seconds, micros), weights, *breakers = answers
        now = seconds * 1000 + micros // 1000
        if not weights:
            return self._restore(channel)
        closed_to, wants_fresh = set(), set()
        for name, (state, until, probed_at) in zip(names, breakers, strict=True):
            if state == b"OPEN" and float(until or 0) > now:
                closed_to.add(name)
            since = until if state == b"OPEN" else probed_at
            if state in (b"OPEN", b"HALF_OPEN") and now < float(since or 0) + self._fresh_ms:
                wants_fresh.add(name)
        shared = {name.decode(): float(weight) for name, weight in weights.items()}
        return ProviderHealth(
            weights=fit(shared, self._resting[channel]),
            closed_to=frozenset(closed_to),
            wants_fresh=frozenset(wants_fresh),
        )

    def _restore(self, channel: Channel) -> ProviderHealth:
        """Redis has forgotten, or never knew: write what the copy says back to it."""
        try:
            stored = self._states.read(channel)
        except StorageAway:
            return self._health_of(channel, {})
        health = self._health_of(channel, stored)
        if health.weights:
            self._redis.hset(
                keys.weights(channel),
                mapping={name: str(weight) for name, weight in health.weights.items()},
            )
        seconds, micros = self._redis.time()
        for name, state in stored.items():
            if state.open_seconds > 0:
                until = int(seconds * 1000 + micros // 1000 + state.open_seconds * 1000)
                self._redis.hset(
                    keys.breaker(channel, name), mapping={"state": "OPEN", "until": until}
                )
        return health

    def _from_copy(self, channel: Channel) -> ProviderHealth:
        try:
            return self._health_of(channel, self._states.read(channel))
        except StorageAway:
            last = self._last_health.get(channel)
            return last[1] if last else self._health_of(channel, {})

    def _health_of(
        self, channel: Channel, stored: Mapping[str, StoredProviderHealth]
    ) -> ProviderHealth:
        resting = self._resting[channel]
        return ProviderHealth(
            weights=fit({name: state.weight for name, state in stored.items()}, resting),
            closed_to=frozenset(
                name for name, state in stored.items() if state.open_seconds > 0 and name in resting
            ),
        )


class LocalShare:
    """Rates while Redis is away: each worker keeps to its share of them, by its own clock.

    Token buckets of one process. `workers` is how many shared each account when last known.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._buckets: dict[str, tuple[float, float]] = {}  # tokens, at
        self.workers = 1

    def wait(self, wanted: dict[str, float]) -> float:
        """Take a token from each bucket, given its rate a second; else the seconds to wait.

        Takes from none unless all have one. A rate of 0 has no limit.
        """
        now = self._monotonic()
        shares = {key: rate / self.workers for key, rate in wanted.items() if rate > 0}
        filled = {key: self._filled(key, share, now) for key, share in shares.items()}
        wait = max(((1 - filled[key]) / share for key, share in shares.items()), default=0.0)
        for key, tokens in filled.items():
            self._buckets[key] = (tokens - (wait <= 0), now)
        return max(0.0, wait)

    def _filled(self, key: str, share: float, now: float) -> float:
        tokens, at = self._buckets.get(key, (1.0, now))
        return min(max(1.0, share), tokens + (now - at) * share)


def _counts(channel: Channel, call: ProviderCall) -> bool:
    """Whether a call says anything about the provider that other clinics use.

    A clinic's own account may be wrong, and its own account for email is a server of its own.
    """
    if call.failure is Failure.WITHHELD:
        return False
    return not (call.account and (channel is Channel.EMAIL or call.failure is Failure.NOT_ALLOWED))


def _pause(call: ProviderCall) -> float:
    if call.failure is None or not TABLE[call.failure].stops_account:
        return 0.0
    wait = _BUSY_PAUSE_SECONDS if call.retry_after is None else call.retry_after
    return min(max(wait, 0.0), LONGEST_RETRY_AFTER_SECONDS)
