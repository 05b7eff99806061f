"""A clinic's own values are signed with their plan, and each change is signed again."""

from services.chassis.ask import ThreadedAskClient
from services.contracts.content import (
    ClinicPlan,
    GetClinicPlan,
    PlanReview,
    PublishCatalog,
    PutOverlay,
    RemoveOverlay,
    SignOffPlan,
)
from services.contracts.errors import Refusal, UserErrorCode
from services.contracts.words import Mode
from tests.support.content.overlay_pack import SLUG, VALUES, overlay_pack

SECONDS = 30.0


def publish(client: ThreadedAskClient, *edits: tuple[str, str, str]) -> None:
    reply = client.ask(PublishCatalog(files=overlay_pack(*edits)), timeout=SECONDS)
    assert reply.info, reply.problems


def put(client: ThreadedAskClient, text: str = VALUES) -> None:
    command = PutOverlay(clinic_id=1, name="rowan.yaml", text=text)
    assert client.ask(command, timeout=SECONDS).info


def has(client: ThreadedAskClient, clinic_id: int = 1) -> ClinicPlan:
    clinic_plan = client.ask(GetClinicPlan(clinic_id=clinic_id, slug=SLUG, locale="en"))
    assert clinic_plan is not None
    return clinic_plan


def sign(client: ThreadedAskClient, read: ClinicPlan) -> PlanReview | Refusal | None:
    command = SignOffPlan(
        clinic_id=1,
        plan=SLUG,
        version=read.plan.version,
        content_hash=read.plan.content_hash,
        reviewer="Dr. Ada Example",
        mode=Mode.LIVE,
        actor="key:3",
    )
    reply = client.ask(command)
    return reply.review or reply.refusal


def test_values_that_a_clinic_puts_are_not_signed(client: ThreadedAskClient) -> None:
    publish(client)
    sign(client, has(client))

    put(client)

    assert has(client).review is None


def test_what_was_read_before_the_values_changed_is_stale(client: ThreadedAskClient) -> None:
    publish(client)
    read = has(client)
    put(client)

    refused = sign(client, read)

    assert isinstance(refused, Refusal)
    assert (refused.code, refused.path) == (UserErrorCode.STALE, ("content_hash",))


def test_values_are_signed_with_the_plan_for_their_clinic_alone(client: ThreadedAskClient) -> None:
    publish(client)
    put(client)

    review = sign(client, has(client))

    assert has(client).review == review
    assert has(client, 2).review is None


def test_values_that_change_are_signed_again(client: ThreadedAskClient) -> None:
    publish(client)
    put(client)
    sign(client, has(client))

    put(client, VALUES.replace("+12025550188", "+12025550189"))

    assert has(client).review is None


def test_the_plan_without_values_was_signed_before(client: ThreadedAskClient) -> None:
    publish(client)
    review = sign(client, has(client))
    put(client)

    client.ask(RemoveOverlay(clinic_id=1, plan=SLUG), timeout=SECONDS)

    assert has(client).review == review
