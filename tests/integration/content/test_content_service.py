import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import redis
import sqlalchemy as sa

from services.chassis.ask import ThreadedAskClient
from services.chassis.events import listen
from services.chassis.redis import open_async_redis
from services.chassis.vault import Vault
from services.content.source.reader import shipped_files
from services.content.storage.tables import metadata, release
from services.contracts.catalog_wire import RELEASE_KEY, VERSION_KEY, decode_release
from services.contracts.content import (
    DiffReleases,
    GetClinicPlan,
    GetRelease,
    GetReleaseInfo,
    ListReleases,
    PublishCatalog,
    PublishReply,
    RollBack,
)
from services.contracts.events import ReleasePublished
from tests.support.waiting import eventually, until_somebody_listens

PLAN = "plans/microneedling-aftercare.yaml"
VERSION = next(line for line in shipped_files()[PLAN].splitlines() if line.startswith("version:"))
RAISED = (VERSION, "version: 99")
PUBLISH_SECONDS = 30.0


def publish(client: ThreadedAskClient, files: dict[str, str] | None = None) -> PublishReply:
    return client.ask(PublishCatalog(files=files), timeout=PUBLISH_SECONDS)


def edited(*replacements: tuple[str, str]) -> dict[str, str]:
    """The shipped files with another text in the plan."""
    files = shipped_files()
    for old, new in replacements:
        assert old in files[PLAN]
        files[PLAN] = files[PLAN].replace(old, new, 1)
    return files


def test_answers_with_nothing_before_anything_is_published(client: ThreadedAskClient) -> None:
    assert client.ask(GetRelease()) is None


def test_answers_with_the_release_it_published(client: ThreadedAskClient) -> None:
    published = publish(client)

    current = client.ask(GetRelease())

    assert current is not None
    assert current.info == published.info


def test_publishing_the_same_content_twice_is_one_release(client: ThreadedAskClient) -> None:
    first, second = publish(client), publish(client)

    assert (second.is_new, second.info) == (False, first.info)


def test_puts_the_release_into_redis(client: ThreadedAskClient, redis_client: redis.Redis) -> None:
    published = publish(client).info

    assert published is not None
    assert eventually(lambda: redis_client.exists(RELEASE_KEY) == 1)  # shown once it is committed
    encoded = redis_client.get(RELEASE_KEY)
    assert isinstance(encoded, bytes)
    assert decode_release(encoded).info == published
    assert redis_client.get(VERSION_KEY) == published.version.encode()


def test_announces_what_it_published(
    client: ThreadedAskClient, redis_url: str, redis_client: redis.Redis, vault: Vault
) -> None:
    async def announced() -> str:
        async with open_async_redis(redis_url) as listener:
            events = listen(listener, vault, (ReleasePublished,))
            first = asyncio.ensure_future(anext(events))
            await until_somebody_listens(redis_client)
            await asyncio.to_thread(publish, client)
            return (await asyncio.wait_for(first, 20)).version

    version = asyncio.run(announced())

    current = client.ask(GetRelease())
    assert current is not None
    assert version == current.info.version


def test_puts_the_release_back_when_redis_was_flushed(
    client: ThreadedAskClient, redis_client: redis.Redis
) -> None:
    publish(client)
    redis_client.flushdb()

    assert eventually(lambda: redis_client.exists(RELEASE_KEY) == 1)


def test_refuses_changed_content_under_a_published_plan_version(
    client: ThreadedAskClient,
) -> None:
    publish(client)

    reply = publish(client, edited(("useful_for: P21D", "useful_for: P20D")))

    assert reply.info is None
    (problem,) = reply.problems
    assert problem.where.startswith(f"{PLAN}:")
    assert "raise version to 5" in problem.what


def test_takes_changed_content_under_a_raised_plan_version(client: ThreadedAskClient) -> None:
    publish(client)

    reply = publish(
        client, edited(("useful_for: P21D", "useful_for: P20D"), ("version: 4", "version: 5"))
    )

    assert (reply.is_new, reply.problems) == (True, ())


def test_publishing_an_earlier_content_makes_its_release_current_again(
    client: ThreadedAskClient,
) -> None:
    first = publish(client)
    publish(
        client,
        edited(
            ("title: Microneedling aftercare", "title: Aftercare"), ("version: 4", "version: 5")
        ),
    )

    again = publish(client, shipped_files())
    current = client.ask(GetRelease())

    assert again.info == first.info
    assert current is not None
    assert current.info == first.info


def test_publishes_nothing_when_a_file_has_a_fault(client: ThreadedAskClient) -> None:
    reply = publish(client, edited(("kind: REBOOK", "kind: REBOKO")))

    assert reply.info is None
    assert [problem.where.partition(":")[0] for problem in reply.problems] == [PLAN]
    assert client.ask(GetRelease()) is None


def test_two_publishers_at_once_make_one_release(
    client: ThreadedAskClient, engine: sa.Engine
) -> None:
    together = threading.Barrier(2)

    def one_publishes() -> PublishReply:
        together.wait()
        return publish(client)

    with ThreadPoolExecutor(2) as pool:
        replies = [done.result() for done in [pool.submit(one_publishes) for _ in range(2)]]

    with engine.connect() as connection:
        stored = connection.execute(sa.select(sa.func.count()).select_from(release)).scalar_one()
    assert stored == 1
    assert sorted(reply.is_new for reply in replies) == [False, True]


def test_of_two_publishers_of_different_content_one_wins_and_the_other_is_told(
    client: ThreadedAskClient,
) -> None:
    base = publish(client).info
    assert base is not None
    together = threading.Barrier(2)

    def one_publishes(term: str) -> PublishReply:
        files = {**shipped_files(), "glossary.yaml": f"- {{term: {term}, definition: A word.}}\n"}
        files["locales/es/glossary.yaml"] = f"1: {{term: {term}, definition: Una palabra.}}\n"
        question = PublishCatalog(files=files, instead_of=base.version)
        together.wait()
        return client.ask(question, timeout=PUBLISH_SECONDS)

    with ThreadPoolExecutor(2) as pool:
        replies = [done.result() for done in [pool.submit(one_publishes, t) for t in ("A", "B")]]

    won = [reply.info for reply in replies if reply.info]
    overtaken_by = [reply.overtaken_by for reply in replies if reply.overtaken_by]
    assert (len(won), overtaken_by) == (1, won)
    assert client.ask(GetReleaseInfo()) == won[0]
    assert client.ask(ListReleases()) == (won[0], base)


def test_of_two_publishers_of_one_plan_version_the_second_is_told_to_raise_it(
    client: ThreadedAskClient,
) -> None:
    publish(client)
    together = threading.Barrier(2)

    def one_publishes(days: str) -> PublishReply:
        files = edited(RAISED, ("useful_for: P21D", f"useful_for: {days}"))
        together.wait()
        return publish(client, files)

    with ThreadPoolExecutor(2) as pool:
        running = [pool.submit(one_publishes, days) for days in ("P20D", "P19D")]
        replies = [done.result() for done in running]

    (refused,) = (reply.problems for reply in replies if not reply.info)
    assert [problem.what.rpartition("; ")[2] for problem in refused] == ["raise version to 100"]


def test_answers_with_a_plan_in_the_base_locale_when_there_is_no_other(
    client: ThreadedAskClient,
) -> None:
    publish(client)

    asked = GetClinicPlan(clinic_id=1, slug="microneedling-aftercare", locale="fr-CA")
    answer = client.ask(asked)

    assert answer is not None
    assert answer.plan.served_locale == "en"


def test_a_plan_comes_with_the_shortest_interval_of_its_procedures(
    client: ThreadedAskClient,
) -> None:
    publish(client)

    def interval(slug: str) -> float | None:
        answer = client.ask(GetClinicPlan(clinic_id=1, slug=f"{slug}-aftercare", locale="es"))
        assert answer is not None
        return answer.interval_days

    assert (interval("microneedling"), interval("medium-chemical-peel")) == (21, 180)
    assert interval("dermabrasion") is None  # no source gives one


def test_answers_with_no_plan_for_an_unknown_slug(client: ThreadedAskClient) -> None:
    publish(client)

    assert client.ask(GetClinicPlan(clinic_id=1, slug="unknown", locale="en")) is None


def test_lists_releases_newest_first(client: ThreadedAskClient) -> None:
    first = publish(client)
    second = publish(
        client,
        edited(
            ("title: Microneedling aftercare", "title: Aftercare"), ("version: 4", "version: 5")
        ),
    )

    assert client.ask(ListReleases()) == (second.info, first.info)


def test_the_migrations_make_the_tables_that_the_code_declares(engine: sa.Engine) -> None:
    inspector = sa.inspect(engine)
    declared = {
        table.name: {column.name for column in table.columns} for table in metadata.tables.values()
    }

    made = {
        name: {column["name"] for column in inspector.get_columns(name, schema="content")}
        for name in inspector.get_table_names(schema="content")
        if name != "migration"
    }

    assert made == declared


def two_releases(client: ThreadedAskClient) -> tuple[str, str]:
    older = publish(client).info
    newer = publish(client, edited(("version: 4", "version: 5"), ("P21D", "P20D"))).info
    assert older
    assert newer
    return older.version, newer.version


def test_says_what_changes_from_one_release_to_the_current_one(client: ThreadedAskClient) -> None:
    older, _ = two_releases(client)

    changes = client.ask(DiffReleases(before=older)).changes

    assert {("version", "4", "5")} <= {
        (change.path, change.was, change.becomes) for change in changes
    }


def test_names_the_release_that_cannot_be_compared(client: ThreadedAskClient) -> None:
    older, _ = two_releases(client)

    reply = client.ask(DiffReleases(before=older, after="20000101"))

    assert (reply.unknown_version, reply.changes) == ("20000101", ())


def test_goes_back_to_an_earlier_release(
    client: ThreadedAskClient, redis_client: redis.Redis
) -> None:
    older, newer = two_releases(client)

    reply = client.ask(RollBack(version=older))

    assert (reply.info and reply.info.version, reply.was) == (older, newer)
    assert redis_client.get(VERSION_KEY) == older.encode()


def test_does_not_go_back_to_what_was_never_published(client: ThreadedAskClient) -> None:
    _, newer = two_releases(client)

    reply = client.ask(RollBack(version="20000101"))

    current = client.ask(GetRelease())
    assert reply.info is None
    assert current is not None
    assert current.info.version == newer
