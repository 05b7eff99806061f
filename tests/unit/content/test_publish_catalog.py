from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta

from services.content.domain.compile_reading_rules import CompiledRules
from services.content.usecases.publish_catalog import publish_files
from services.contracts.catalog import AftercarePlan, Release, ReleaseInfo
from services.contracts.content import PublishReply
from tests.support.content.pack import PLAN, TODAY, broken, pack


class FakeReleaseStore:
    """Stores releases in memory; a second passes between two publishings."""

    def __init__(self) -> None:
        self.now = datetime(2030, 1, 1, tzinfo=UTC)
        self.releases: list[ReleaseInfo] = []
        self.plans: dict[str, dict[int, str]] = {}
        self.rules: dict[str, str] = {}
        self.sources: dict[str, dict[str, str]] = {}
        self.current_version: str | None = None

    def begin_publishing(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def current(self) -> ReleaseInfo | None:
        return next((r for r in self.releases if r.version == self.current_version), None)

    def with_content(self, content_hash: str) -> ReleaseInfo | None:
        return next((r for r in self.releases if r.content_hash == content_hash), None)

    def plan_hashes(self, slug: str) -> dict[int, str]:
        return self.plans.get(slug, {})

    def add(self, published: Release, plans: Iterable[AftercarePlan], rules: CompiledRules) -> None:
        self.rules[published.info.version] = rules.content_hash
        self.releases.append(published.info)
        for plan in plans:
            self.plans.setdefault(plan.slug, {})[plan.version] = plan.content_hash

    def keep_source(self, version: str, files: Mapping[str, str]) -> None:
        self.sources[version] = dict(files)

    def overlay_base_mark(self) -> str | None:
        return f"{self.current_version} {self.sources.get(self.current_version or '')}"

    def make_current(self, version: str) -> None:
        self.current_version = version


def publish_catalog(
    files: dict[str, str],
    releases: FakeReleaseStore,
    *,
    today: date | None = None,
    only_new: bool = False,
    instead_of: str | None = None,
) -> PublishReply:
    return publish_files(
        files, releases, tuple, today=today, only_new=only_new, instead_of=instead_of
    )


def test_a_later_release_has_a_higher_version() -> None:
    releases = FakeReleaseStore()
    first = publish_catalog(pack(), releases)
    second = publish_catalog(broken("glossary.yaml", "Dermis", "Epidermis"), releases)

    assert first.info is not None
    assert second.info is not None
    assert first.info.version < second.info.version == releases.current_version


def test_the_same_content_is_no_new_release() -> None:
    releases = FakeReleaseStore()
    first, second = publish_catalog(pack(), releases), publish_catalog(pack(), releases)

    assert (first.is_new, second.is_new, second.info) == (True, False, first.info)


def test_a_source_with_a_fault_changes_nothing() -> None:
    releases = FakeReleaseStore()
    reply = publish_catalog(broken(PLAN, "after: PT0S", "after: soon"), releases)

    assert reply.problems
    assert (releases.releases, releases.current_version) == ([], None)


def test_names_the_line_of_a_plan_version_used_before() -> None:
    releases = FakeReleaseStore()
    publish_catalog(pack(), releases)
    reply = publish_catalog(broken(PLAN, "useful_for: P1D", "useful_for: P2D"), releases)

    (problem,) = reply.problems
    assert problem.where == f"{PLAN}:5"
    assert problem.what.endswith("raise version to 2")


def test_a_plan_version_may_not_go_back_below_a_published_one() -> None:
    releases = FakeReleaseStore()
    publish_catalog(broken(PLAN, "version: 1", "version: 5"), releases)
    reply = publish_catalog(broken(PLAN, "version: 1", "version: 3"), releases)

    (problem,) = reply.problems
    assert problem.what.endswith("raise version to 6")


def test_other_pages_may_change_without_a_new_plan_version() -> None:
    releases = FakeReleaseStore()
    publish_catalog(pack(), releases)

    assert publish_catalog(broken("glossary.yaml", "Dermis", "Skin"), releases).is_new


def test_an_overdue_review_counts_only_on_a_given_day() -> None:
    overdue = broken(PLAN, "review_by: 2031-06-01", "review_by: 2029-12-01")

    assert publish_catalog(overdue, FakeReleaseStore()).info is not None
    assert publish_catalog(overdue, FakeReleaseStore(), today=TODAY).info is None


def test_what_somebody_went_back_from_stays_gone_when_only_news_are_published() -> None:
    releases = FakeReleaseStore()
    first = publish_catalog(pack(), releases)
    newer = broken("glossary.yaml", "Dermis", "Epidermis")
    publish_catalog(newer, releases)
    assert first.info is not None
    releases.make_current(first.info.version)

    publish_catalog(newer, releases, only_new=True)

    assert releases.current_version == first.info.version


def test_says_what_it_replaced() -> None:
    releases = FakeReleaseStore()
    first = publish_catalog(pack(), releases)
    second = publish_catalog(broken("glossary.yaml", "Dermis", "Epidermis"), releases)

    assert (first.was, second.was) == (None, first.info)


def test_what_somebody_else_published_meanwhile_is_not_undone() -> None:
    releases = FakeReleaseStore()
    first = publish_catalog(pack(), releases)
    theirs = publish_catalog(broken("glossary.yaml", "Dermis", "Epidermis"), releases)
    assert first.info is not None
    ours = broken("glossary.yaml", "Dermis", "Skin")

    reply = publish_catalog(ours, releases, instead_of=first.info.version)

    assert (reply.info, reply.overtaken_by) == (None, theirs.info)
    assert releases.current() == theirs.info


def test_what_replaces_the_release_it_was_made_from_is_published() -> None:
    releases = FakeReleaseStore()
    first = publish_catalog(pack(), releases, instead_of="")
    assert first.info is not None
    ours = broken("glossary.yaml", "Dermis", "Skin")

    assert publish_catalog(ours, releases, instead_of=first.info.version).is_new


def test_somebody_elses_same_content_overtakes_nobody() -> None:
    releases = FakeReleaseStore()
    publish_catalog(pack(), releases)

    reply = publish_catalog(pack(), releases, instead_of="")

    assert (reply.overtaken_by, reply.is_new) == (None, False)
    assert reply.info == releases.current()


def test_going_first_is_refused_where_somebody_was_first() -> None:
    releases = FakeReleaseStore()
    first = publish_catalog(pack(), releases)

    reply = publish_catalog(broken("glossary.yaml", "Dermis", "Skin"), releases, instead_of="")

    assert reply.overtaken_by == first.info
