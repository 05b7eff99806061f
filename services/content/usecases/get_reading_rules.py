"""The rules by which replies are read now."""

from collections.abc import Sequence

from services.content.domain.compile_reading_rules import CompiledRules
from services.content.storage.unit_of_work import ContentUnitOfWork
from services.content.usecases.check_reading_rules import shipped_reading_rules
from services.contracts.content import CurrentReadingRules, GetReadingRules


def get_reading_rules(
    uow: ContentUnitOfWork, asks: Sequence[GetReadingRules]
) -> list[CurrentReadingRules]:
    content_hash = current_rules_hash(uow)
    if all(ask.known_hash == content_hash for ask in asks):
        return [CurrentReadingRules(content_hash=content_hash)] * len(asks)
    rules = rules_of(uow, content_hash).rules
    return [
        CurrentReadingRules(
            content_hash=content_hash, rules=None if ask.known_hash == content_hash else rules
        )
        for ask in asks
    ]


def current_rules_hash(uow: ContentUnitOfWork) -> str:
    """Return the hash of the current release's rules, or of the shipped ones if it has none."""
    return uow.reading_rules.current_hash() or shipped_reading_rules().content_hash


def rules_of(uow: ContentUnitOfWork, content_hash: str) -> CompiledRules:
    shipped = shipped_reading_rules()
    if content_hash == shipped.content_hash:
        return shipped
    return CompiledRules(uow.reading_rules.read(content_hash), content_hash)
