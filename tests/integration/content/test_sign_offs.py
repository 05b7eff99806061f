"""Sign-offs over the running content service: what voids them, and who can read them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from services.chassis.ask import ThreadedAskClient
from services.chassis.vault import Vault
from services.content.settings import ContentSettings
from services.content.source.reader import shipped_files
from services.content.storage.reviews import ReviewRepository
from services.content.storage.tables import sign_off
from services.content.wiring import content_service
from services.contracts.content import (
    ClinicPlan,
    DemoSignOffReply,
    FindReviews,
    GetClinicPlan,
    PlanReview,
    PublishCatalog,
    RollBack,
    SignOffForDemo,
    SignOffPlan,
    SignOffReply,
)
from services.contracts.errors import UserErrorCode
from services.contracts.words import Mode

SLUG = "microneedling-aftercare"
PLAN = f"plans/{SLUG}.yaml"
VERSION = next(line for line in shipped_files()[PLAN].splitlines() if line.startswith("version:"))
RAISED = (VERSION, "version: 99")
SPANISH = f"locales/es/{PLAN}"
SECONDS = 30.0
Open = Callable[..., "Content"]


class Content:
    """A running content service, and clinic 7, whose clinician is Dr. Ada Example."""

    def __init__(self, client: ThreadedAskClient) -> None:
        self._client = client

    def publish(self, files: dict[str, str] | None = None) -> str:
        reply = self._client.ask(PublishCatalog(files=files), timeout=SECONDS)
        assert reply.info, reply.problems
        return reply.info.version

    def roll_back(self, version: str) -> None:
        assert self._client.ask(RollBack(version=version), timeout=SECONDS).info

    def plan(self, clinic_id: int | None = 7, locale: str = "en") -> ClinicPlan:
        clinic_plan = self._client.ask(GetClinicPlan(clinic_id=clinic_id, slug=SLUG, locale=locale))
        assert clinic_plan is not None
        return clinic_plan

    def sign(self, **changes: Any) -> SignOffReply:
        plan = self.plan().plan
        command = SignOffPlan(
            clinic_id=7,
            plan=SLUG,
            version=plan.version,
            content_hash=plan.content_hash,
            reviewer="Dr. Ada Example",
            registration="R-12345",
            mode=Mode.LIVE,
            actor="key:3",
        )
        return self._client.ask(msgspec.structs.replace(command, **changes))

    def signed(self) -> PlanReview:
        review = self.sign().review
        assert review is not None
        return review

    def sign_for_demo(self, *plans: str) -> DemoSignOffReply:
        return self._client.ask(SignOffForDemo(clinic_id=7, plans=plans or None))

    def reviews(self, clinic_id: int, *hashes: str) -> tuple[PlanReview | None, ...]:
        asked = FindReviews(clinic_id=clinic_id, content_hashes=hashes)
        return self._client.ask(asked)


@pytest.fixture
def opened(settings: ContentSettings, redis_url: str, vault: Vault) -> Iterator[Open]:
    with ExitStack() as stack:

        def begin(env: str = "production") -> Content:
            served = msgspec.structs.replace(settings, afterglow_env=env)
            stack.enter_context(content_service(served))
            client = ThreadedAskClient(redis_url, vault)
            stack.callback(client.close)
            return Content(client)

        yield begin


@pytest.fixture
def content(opened: Open) -> Content:
    """In production, with the shipped catalog published."""
    running = opened()
    running.publish()
    return running


def edited(file: str, *replacements: tuple[str, str]) -> dict[str, str]:
    files = shipped_files()
    for place, old, new in (
        (PLAN, *RAISED),
        *((file, *replacement) for replacement in replacements),
    ):
        assert old in files[place]
        files[place] = files[place].replace(old, new, 1)
    return files


def test_nothing_is_signed_until_somebody_signs(content: Content) -> None:
    assert content.plan().review is None


def test_what_a_clinician_signed_is_said_with_the_plan_in_every_locale(content: Content) -> None:
    review = content.signed()

    assert (review.reviewer, review.registration) == ("Dr. Ada Example", "R-12345")
    assert content.plan().review == content.plan(locale="es").review == review


def test_a_review_counts_for_the_clinic_whose_clinician_gave_it(content: Content) -> None:
    review = content.signed()

    assert content.plan(8).review is None
    assert content.plan(None).review is None
    assert content.reviews(8, review.content_hash) == (None,)


def test_reviews_are_found_by_what_was_signed(content: Content) -> None:
    review = content.signed()

    assert content.reviews(7, "nothing", review.content_hash) == (None, review)


def test_signing_twice_keeps_the_first(content: Content) -> None:
    first = content.signed()

    assert content.sign(reviewer="Dr. Bo Example").review == first


def test_in_production_the_demos_sign_off_counts_for_nothing(
    opened: Open, engine: sa.Engine, vault: Vault
) -> None:
    content = opened("development")
    content.publish()
    content.sign_for_demo(SLUG)
    review = content.plan().review
    assert review is not None

    with engine.connect() as connection:
        reviews = ReviewRepository(connection, vault, is_production=True).find(
            [(7, review.content_hash)]
        )

    assert reviews == {}


def test_in_production_a_test_keys_sign_off_counts_for_nothing(
    opened: Open, engine: sa.Engine, vault: Vault
) -> None:
    content = opened("development")
    content.publish()
    review = content.sign(mode=Mode.TEST).review
    assert review is not None

    with engine.connect() as connection:
        reviews = ReviewRepository(connection, vault, is_production=True).find(
            [(7, review.content_hash)]
        )

    assert reviews == {}


def test_a_live_sign_off_takes_the_place_of_a_test_keys(opened: Open) -> None:
    content = opened("development")
    content.publish()
    content.sign(mode=Mode.TEST, reviewer="Dr. Bo Example")

    assert content.signed().reviewer == "Dr. Ada Example"


def test_a_clinicians_sign_off_takes_the_place_of_the_demos(opened: Open) -> None:
    content = opened("development")
    content.publish()
    content.sign_for_demo(SLUG)

    assert content.signed().reviewer == "Dr. Ada Example"


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (PLAN, "useful_for: P21D", "useful_for: P20D"),
        (PLAN, "title: Microneedling aftercare", "title: Aftercare"),
        (SPANISH, "title: ", "title: Nuevo "),
    ],
    ids=["an interval", "a word", "a word of one locale"],
)
def test_whatever_changes_is_not_signed(content: Content, file: str, old: str, new: str) -> None:
    content.signed()

    content.publish(edited(file, (old, new)))

    assert content.plan().review is None


def test_what_is_served_again_was_signed_before(content: Content) -> None:
    first = content.plan().release
    review = content.signed()
    content.publish(edited(PLAN, ("useful_for: P21D", "useful_for: P20D")))

    content.roll_back(first)

    assert content.plan().review == review


def test_what_was_read_before_the_plan_changed_is_not_signed(content: Content) -> None:
    read = content.plan().plan
    content.publish(edited(PLAN, ("useful_for: P21D", "useful_for: P20D")))

    reply = content.sign(version=read.version, content_hash=read.content_hash)

    assert reply.refusal is not None
    assert reply.refusal.code is UserErrorCode.STALE
    assert "read it again" in reply.refusal.message


def test_who_signed_cannot_be_read_from_the_database(content: Content, engine: sa.Engine) -> None:
    content.signed()

    with engine.connect() as connection:
        row = connection.execute(sa.select(sign_off)).one()
    assert b"Ada" not in row.reviewer_sealed
    assert b"12345" not in row.registration_sealed
    assert (row.plan, row.overlay_version, row.signed_by) == (SLUG, 0, "key:3")


def test_production_signs_nothing_that_nobody_read(content: Content) -> None:
    reply = content.sign_for_demo()

    assert reply.refusal is not None
    assert content.plan().review is None


def test_development_signs_every_plan_for_a_demo(opened: Open) -> None:
    content = opened("development")
    content.publish()

    reply = content.sign_for_demo()

    review = content.plan().review
    assert len(reply.signed) >= 10
    assert review is not None
    assert review.reviewer == "Demo clinician"


def test_before_anything_is_published_there_is_nothing_to_sign(opened: Open) -> None:
    content = opened("development")

    assert content.sign_for_demo() == DemoSignOffReply()
    assert content.sign_for_demo(SLUG).refusal is not None
