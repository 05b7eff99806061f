"""Clinics' own values, put to a running service: what they use then, and after each release."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from services.chassis.ask import ThreadedAskClient
from services.content.storage.releases import ReleaseCache, ReleaseRepository
from services.content.storage.tables import release
from services.contracts.content import (
    ClinicPlan,
    GetClinicPlan,
    GetOverlay,
    GetReleaseInfo,
    ListOverlays,
    OverlayInfo,
    PublishCatalog,
    PublishReply,
    PutOverlay,
    PutOverlayReply,
    RemoveOverlay,
    RollBack,
)
from tests.support.content.overlay_pack import SLUG, VALUES, overlay_pack
from tests.support.content.pack import PLAN
from tests.support.waiting import eventually

SECONDS = 30.0


def publish(client: ThreadedAskClient, *replacements: tuple[str, str]) -> PublishReply:
    """Publish the small catalog, with other texts in its plan."""
    files = overlay_pack(*((PLAN, old, new) for old, new in replacements))
    return client.ask(PublishCatalog(files=files), timeout=SECONDS)


def put(client: ThreadedAskClient, text: str = VALUES, clinic_id: int = 1) -> PutOverlayReply:
    command = PutOverlay(clinic_id=clinic_id, name="rowan.yaml", text=text)
    return client.ask(command, timeout=SECONDS)


def plan_of(client: ThreadedAskClient, clinic_id: int | None, locale: str = "en") -> ClinicPlan:
    clinic_plan = client.ask(GetClinicPlan(clinic_id=clinic_id, slug=SLUG, locale=locale))
    assert clinic_plan is not None
    return clinic_plan


def listed(client: ThreadedAskClient) -> tuple[OverlayInfo, ...]:
    return client.ask(ListOverlays())


RAISED = ("version: 2\n", "version: 3\n")
NARROWED = ("clinics_may: {latest: PT48H}", "clinics_may: {latest: PT30H}")
LONGER = ("useful_for: P7D", "useful_for: P8D")


def test_a_clinic_has_the_plan_with_its_own_values(client: ThreadedAskClient) -> None:
    publish(client)
    put(client)

    plan = plan_of(client, 1, "es").plan
    steps = {step.key: step for step in plan.steps}

    assert plan.voice is not None
    assert (plan.voice.phone, plan.voice.hours) == ("+12025550188", "lun-vie 9-18")
    assert steps["day-1-make-up"].after == "PT36H"
    assert "day-30-next-visit" not in steps
    assert (plan.version, plan.overlay_version) == (2, 1)


def test_others_have_the_plan_of_the_release(client: ThreadedAskClient) -> None:
    publish(client)
    put(client)

    assert plan_of(client, 2).plan == plan_of(client, None).plan
    assert plan_of(client, 2).plan.overlay_version == 0


def test_one_hash_covers_all_that_the_clinics_patients_are_told(client: ThreadedAskClient) -> None:
    publish(client)
    reply = put(client)

    assert reply.info is not None
    hashes = {plan_of(client, 1, locale).plan.content_hash for locale in ("en", "es")}
    assert hashes == {reply.info.content_hash}
    assert plan_of(client, None).plan.content_hash not in hashes


def test_putting_says_what_changes_for_patients(client: ThreadedAskClient) -> None:
    publish(client)

    changes = {
        (change.locale, change.path): (change.was, change.becomes) for change in put(client).changes
    }

    assert changes["en", "steps[day-1-make-up].after"] == ("PT24H", "PT36H")
    assert changes["es", "voice"] == (None, "Rowan Clinic, +12025550188, lun-vie 9-18")
    assert changes["en", "steps[day-30-next-visit]"] == ("The next visit", None)


def test_putting_names_texts_that_may_speak_of_the_time_from_before(
    client: ThreadedAskClient,
) -> None:
    publish(client)

    files = {problem.where.partition(":")[0] for problem in put(client).read_again}

    assert files == {PLAN, f"locales/es/{PLAN}"}


def test_the_same_values_twice_are_one_version(client: ThreadedAskClient) -> None:
    publish(client)
    first = put(client)
    again = put(client, f"# looked at once more\n{VALUES}")

    assert (again.is_new, again.info) == (False, first.info)


def test_other_values_are_the_next_version(client: ThreadedAskClient) -> None:
    publish(client)
    put(client)
    reply = put(client, VALUES.replace("PT36H", "PT37H"))

    assert reply.info is not None
    assert (reply.is_new, reply.info.version) == (True, 2)
    assert listed(client) == (reply.info,)


def test_two_who_put_at_once_make_two_versions(client: ThreadedAskClient) -> None:
    publish(client)
    together = threading.Barrier(2)

    def one_puts(hours: int) -> PutOverlayReply:
        together.wait()
        return put(client, VALUES.replace("PT36H", f"PT{hours}H"))

    with ThreadPoolExecutor(2) as pool:
        replies = list(pool.map(one_puts, (38, 39)))

    assert sorted(reply.info.version for reply in replies if reply.info) == [1, 2]
    assert [info.version for info in listed(client)] == [2]


def test_values_with_a_fault_change_nothing(client: ThreadedAskClient) -> None:
    publish(client)
    reply = put(client, VALUES.replace("PT36H", "P9D"))

    assert [problem.where for problem in reply.problems] == ["rowan.yaml:9"]
    assert (reply.info, listed(client)) == (None, ())


def test_a_rehearsal_keeps_nothing(client: ThreadedAskClient) -> None:
    publish(client)
    command = PutOverlay(clinic_id=1, name="rowan.yaml", text=VALUES, dry_run=True)
    reply = client.ask(command, timeout=SECONDS)

    assert reply.changes
    assert (reply.info, listed(client)) == (None, ())


def test_values_are_applied_to_a_changed_plan_again(client: ThreadedAskClient) -> None:
    publish(client)
    first = put(client).info
    reply = publish(client, RAISED, LONGER)

    [info] = listed(client)
    assert first is not None
    assert (reply.conflicts, info.version, info.plan_version) == ((), first.version, 3)
    assert info.content_hash != first.content_hash
    assert plan_of(client, 1).plan.overlay_version == first.version


def test_publishing_says_whose_values_no_longer_fit(client: ThreadedAskClient) -> None:
    publish(client)
    put(client)
    reply = publish(client, RAISED, NARROWED)

    [conflict] = reply.conflicts
    assert (conflict.clinic_id, conflict.plan) == (1, SLUG)
    assert [problem.where for problem in conflict.conflicts] == ["rowan.yaml:9"]
    assert listed(client) == (conflict,)
    assert plan_of(client, 1).conflicts == conflict.conflicts


def test_a_clinic_whose_values_do_not_fit_is_shown_the_plan_of_the_release(
    client: ThreadedAskClient,
) -> None:
    publish(client)
    put(client)
    publish(client, RAISED, NARROWED)

    assert plan_of(client, 1).plan == plan_of(client, None).plan


def test_an_author_may_take_a_freedom_back_without_a_new_version(
    client: ThreadedAskClient,
) -> None:
    first = publish(client)
    put(client)
    again = publish(client, NARROWED)

    assert again.info == first.info
    assert [conflict.clinic_id for conflict in again.conflicts] == [1]


def test_values_put_right_are_used_again(client: ThreadedAskClient) -> None:
    publish(client)
    put(client)
    publish(client, NARROWED)
    put(client, VALUES.replace("PT36H", "PT28H"))

    assert plan_of(client, 1).conflicts == ()
    assert plan_of(client, 1).plan.overlay_version == 2


def test_going_back_to_a_release_lays_the_values_on_it_again(client: ThreadedAskClient) -> None:
    first = publish(client).info
    put(client)
    publish(client, RAISED, NARROWED)
    assert first is not None
    reply = client.ask(RollBack(version=first.version), timeout=SECONDS)

    assert reply.conflicts == ()
    assert (plan_of(client, 1).conflicts, plan_of(client, 1).plan.overlay_version) == ((), 1)


def test_going_back_says_whose_values_do_not_fit_there(client: ThreadedAskClient) -> None:
    first = publish(client, NARROWED).info
    publish(client, RAISED, LONGER)
    put(client, VALUES.replace("version: 2", "version: 3"))
    assert first is not None
    reply = client.ask(RollBack(version=first.version), timeout=SECONDS)

    assert [conflict.plan_version for conflict in reply.conflicts] == [2]


def test_values_for_a_plan_that_is_gone_do_not_fit(client: ThreadedAskClient) -> None:
    publish(client)
    put(client)
    files = {path: text for path, text in overlay_pack().items() if PLAN not in path}
    reply = client.ask(PublishCatalog(files=files), timeout=SECONDS)

    [conflict] = reply.conflicts
    assert conflict.plan_version is None
    assert f"there is no plan '{SLUG}'" in conflict.conflicts[0].what
    assert [info.conflicts != () for info in listed(client)] == [True]


def test_a_removed_overlay_leaves_the_plan_of_the_release(client: ThreadedAskClient) -> None:
    publish(client)
    put(client)
    command = RemoveOverlay(clinic_id=1, plan=SLUG)

    assert [client.ask(command), client.ask(command)] == [True, False]
    assert plan_of(client, 1).plan == plan_of(client, None).plan


def test_versions_go_on_counting_after_a_removal(client: ThreadedAskClient) -> None:
    publish(client)
    put(client)
    client.ask(RemoveOverlay(clinic_id=1, plan=SLUG))
    again = put(client)

    assert again.info is not None
    assert (again.is_new, again.info.version) == (True, 2)


def test_the_text_that_was_put_can_be_had_back(client: ThreadedAskClient) -> None:
    publish(client)
    put(client)

    assert client.ask(GetOverlay(clinic_id=1, plan=SLUG)) == VALUES
    assert client.ask(GetOverlay(clinic_id=2, plan=SLUG)) is None


def test_a_release_without_its_source_takes_no_values_until_it_is_published_again(
    client: ThreadedAskClient, engine: sa.Engine
) -> None:
    publish(client)
    with engine.begin() as connection:
        connection.execute(sa.update(release).values(source=None))
    refused = put(client)
    publish(client)

    assert "publish the catalog again" in refused.problems[0].what
    assert put(client).info is not None


def test_nothing_is_applied_before_anything_is_published(client: ThreadedAskClient) -> None:
    assert "nothing is published" in put(client).problems[0].what


@pytest.mark.parametrize("text", ["", "- a", "plan: [", "plan: x\nversion: 2", "steps: {a: b}"])
def test_what_is_no_overlay_is_refused_with_its_line(client: ThreadedAskClient, text: str) -> None:
    publish(client)

    assert all(problem.where.startswith("rowan.yaml:") for problem in put(client, text).problems)


def test_questions_are_answered_while_values_wait_for_a_publisher(
    client: ThreadedAskClient, engine: sa.Engine
) -> None:
    publish(client)
    with ThreadPoolExecutor(3) as pool:
        with engine.begin() as connection:
            ReleaseRepository(connection, ReleaseCache()).begin_publishing()
            puts = [pool.submit(put, client, VALUES, clinic_id) for clinic_id in (1, 2, 3)]
            assert eventually(lambda: is_a_lock_awaited(engine))
            for _ in range(3):
                assert client.ask(GetReleaseInfo()) is not None
        assert all(future.result().info for future in puts)


def is_a_lock_awaited(engine: sa.Engine) -> bool:
    awaited = sa.text(
        "select exists (select from pg_locks where not granted and locktype = 'advisory'"
        " and database = (select oid from pg_database where datname = current_database()))"
    )
    with engine.connect() as connection:
        return bool(connection.execute(awaited).scalar_one())
