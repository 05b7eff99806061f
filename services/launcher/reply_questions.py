"""The rules for reading replies, and the questions that replies answer, from a catalog's files."""

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from services.content.domain.reading import BASE_LOCALE
from services.content.usecases.check_catalog import Checked, check
from services.contracts.catalog import LocalizedCatalog
from services.contracts.check_in_questions import CheckInQuestion
from services.launcher.faults import LauncherFault
from services.launcher.printing import problem_list
from services.reading.known_words import known_words
from services.reading.reading import ReplyReader

_USUAL_PLAN: Final = "microneedling-aftercare"
"""Its first question has the options that most questions have: better, the same, worse."""


class AskedQuestion(msgspec.Struct, frozen=True):
    plan: str
    step_key: str
    question: CheckInQuestion


class ReplyCatalog(msgspec.Struct, frozen=True):
    """`rules_hash` names the rules that `reader` reads by."""

    catalogs: dict[str, LocalizedCatalog]
    reader: ReplyReader
    rules_hash: str

    def question(
        self, plan: str | None = None, step_key: str | None = None, locale: str | None = None
    ) -> AskedQuestion:
        """Return a plan's question, or the usual one. Raises LauncherFault if there is none."""
        questions = list(_questions(self._in(locale)))
        if plan is None:
            usual = [asked for asked in questions if asked.plan == _USUAL_PLAN]
            questions = usual or questions
        else:
            questions = [asked for asked in questions if asked.plan == plan]
        if step_key is not None:
            questions = [asked for asked in questions if asked.step_key == step_key]
        if not questions:
            raise LauncherFault(self._no_question(plan, step_key))
        return questions[0]

    def _in(self, locale: str | None) -> LocalizedCatalog:
        tags = (locale, (locale or "").partition("-")[0], BASE_LOCALE)
        return next(self.catalogs[tag] for tag in tags if tag in self.catalogs)

    def _no_question(self, plan: str | None, step_key: str | None) -> str:
        asking = list(_questions(self.catalogs[BASE_LOCALE]))
        plans = sorted({asked.plan for asked in asking})
        if plan is None or plan not in plans:
            return (
                f"There is no plan {plan} that asks; those that do: {', '.join(plans) or 'none'}."
            )
        steps = ", ".join(asked.step_key for asked in asking if asked.plan == plan)
        return f"The plan {plan} has no question at the step {step_key}; it asks at {steps}."


def read_reply_catalog(files: Mapping[str, str]) -> ReplyCatalog:
    """Check the files and compile their rules. Raises LauncherFault if something is wrong."""
    checked = check(files, today=None)
    if not isinstance(checked, Checked):
        raise LauncherFault(problem_list(checked, "to mend before replies can be read"))
    rules = checked.reading_rules
    return ReplyCatalog(
        catalogs=checked.catalogs,
        reader=ReplyReader(rules.rules, known_words()),
        rules_hash=rules.content_hash,
    )


def _questions(catalog: LocalizedCatalog) -> Iterator[AskedQuestion]:
    for plan in catalog.plans:
        for step in plan.steps:
            if step.check_in is not None:
                yield AskedQuestion(plan.slug, step.key, step.check_in)
