"""Plans as a clinic has them, and its clinicians' word for them."""

from datetime import UTC, datetime
from functools import cache
from typing import Any

import msgspec
import pytest
from graphql import ExecutionResult

from services.contracts.catalog import AftercarePlan
from services.contracts.content import (
    ClinicPlan,
    FindReviews,
    GetClinicPlan,
    PlanReview,
    SignOffPlan,
    SignOffReply,
)
from services.contracts.errors import Refusal, UserErrorCode
from services.contracts.reminders import GetEnrollments
from services.contracts.words import Mode, Role
from services.gateway.identity.viewer import Viewer
from services.gateway.schema import ids
from services.gateway.snapshot.snapshot import Snapshot
from tests.support.gateway.care_records import enrollment
from tests.support.gateway.executor_oracle import execute_with_oracle
from tests.support.gateway.fake_calls import (
    ANONYMOUS,
    FRONT_END,
    OPERATOR,
    STAFF,
    FakeClient,
    request_of,
    shipped_snapshot,
)
from tests.support.gateway.fake_clinic import by_id
from tests.support.gateway.whole_schema import refused_codes, whole_schema

SLUG = "microneedling-aftercare"
ADA = Viewer(role=Role.CLINICIAN, clinic_id=7, mode=Mode.TEST, key_id=3, person="Dr. Ada Example")
NOBODYS = Viewer(role=Role.CLINICIAN, clinic_id=7, mode=Mode.TEST, key_id=9)
AT = datetime(2026, 12, 1, 9, tzinfo=UTC)
PLAN = f'{{ aftercarePlan(slug: "{SLUG}") {{ id title overlayVersion contentHash }} }}'
REVIEW = "clinicalReview { reviewer registration reviewedAt contentHash }"


@cache
def shipped() -> Snapshot:
    return shipped_snapshot()


def base() -> AftercarePlan:
    return shipped().edition("en").plans[SLUG].entry


def overlaid(**changes: Any) -> AftercarePlan:
    usual = {"overlay_version": 4, "content_hash": "c" * 64, "title": "Our own words"}
    return msgspec.structs.replace(base(), **(usual | changes))


def review(content_hash: str) -> PlanReview:
    return PlanReview(
        reviewer="Dr. Ada Example",
        registration="12345",
        reviewed_at=AT,
        content_hash=content_hash,
    )


def content(plan: AftercarePlan | None = None, **changes: Any) -> FakeClient:
    """A content service whose clinic 7 has this plan, and has signed what it has."""
    has = plan or base()
    usual: dict[str, Any] = {"plan": has, "release": shipped().info.version}
    signed = {has.content_hash: review(has.content_hash)}
    return FakeClient(
        {
            GetClinicPlan: lambda _: ClinicPlan(**(usual | changes)),
            FindReviews: lambda ask: tuple(map(signed.get, ask.content_hashes)),
            GetEnrollments: by_id({5: enrollment(5), 6: enrollment(6)}),
        }
    )


def ask(
    text: str, viewer: Viewer = STAFF, client: FakeClient | None = None, **variables: Any
) -> ExecutionResult:
    client = client or content()
    return execute_with_oracle(
        whole_schema(), text, lambda: request_of(viewer, client, shipped()), variables
    )


def data(text: str, viewer: Viewer = STAFF, client: FakeClient | None = None, **more: Any) -> Any:
    result = ask(text, viewer, client, **more)
    assert result.errors is None
    return result.data


@pytest.mark.parametrize("viewer", [ANONYMOUS, OPERATOR], ids=["anonymous", "operator"])
def test_who_is_of_no_clinic_reads_the_base_plan_from_memory(viewer: Viewer) -> None:
    client = content(overlaid())

    plan = data(PLAN, viewer, client)["aftercarePlan"]

    assert (plan["overlayVersion"], plan["contentHash"]) == (0, base().content_hash)
    assert client.asked == []


@pytest.mark.parametrize("viewer", [STAFF, FRONT_END], ids=["staff", "front end"])
def test_a_clinic_reads_the_plan_as_it_has_it(viewer: Viewer) -> None:
    plan = data(PLAN, viewer, content(overlaid()))["aftercarePlan"]

    assert plan == {
        "id": plan["id"],
        "title": "Our own words",
        "overlayVersion": 4,
        "contentHash": "c" * 64,
    }


def test_a_clinic_without_values_of_its_own_reads_the_base_plan_under_its_one_id() -> None:
    assert data(PLAN) == data(PLAN, ANONYMOUS)


def test_a_plan_of_the_next_release_is_never_mixed_into_this_one() -> None:
    result = ask(PLAN, client=content(release="20300101"))

    assert result.data == {"aftercarePlan": None}
    assert refused_codes(result) == ["CATALOG_UNAVAILABLE"]


@pytest.mark.parametrize(
    "args", ['slug: "unknown"', f'slug: "{SLUG}", version: 99'], ids=["slug", "version"]
)
def test_a_plan_that_the_catalog_has_not_is_not_asked_for(args: str) -> None:
    client = content()

    assert data(f"{{ aftercarePlan({args}) {{ id }} }}", client=client) == {"aftercarePlan": None}
    assert client.asked == []


def own_id(client: FakeClient) -> str:
    public_id: str = data(PLAN, client=client)["aftercarePlan"]["id"]
    return public_id


NODE = "query ($id: ID!) { node(id: $id) { ... on AftercarePlan { id title } } }"


def test_a_clinics_plan_is_found_again_by_its_id() -> None:
    client = content(overlaid())
    plan_id = own_id(client)

    assert data(NODE, client=client, id=plan_id) == {
        "node": {"id": plan_id, "title": "Our own words"}
    }


def test_a_clinics_plan_is_null_for_everybody_else() -> None:
    plan_id = own_id(content(overlaid()))
    others = content(overlaid(content_hash="d" * 64))

    assert data(NODE, client=others, id=plan_id) == {"node": None}
    assert data(NODE, ANONYMOUS, id=plan_id) == {"node": None}


def test_a_clinics_plan_is_null_once_its_values_are_others() -> None:
    plan_id = own_id(content(overlaid()))

    assert data(NODE, client=content(overlaid(overlay_version=5)), id=plan_id) == {"node": None}


def test_the_base_plan_keeps_its_id_for_a_clinic_with_values_of_its_own() -> None:
    base_id = data(PLAN, ANONYMOUS)["aftercarePlan"]["id"]

    assert data(NODE, client=content(overlaid()), id=base_id)["node"]["title"] == base().title


def test_a_review_is_of_just_what_the_clinic_has() -> None:
    text = f'{{ aftercarePlan(slug: "{SLUG}") {{ {REVIEW} }} }}'

    review = data(text, client=content(overlaid()))["aftercarePlan"]["clinicalReview"]

    assert review == {
        "reviewer": "Dr. Ada Example",
        "registration": "12345",
        "reviewedAt": "2026-12-01T09:00:00Z",
        "contentHash": "c" * 64,
    }


def test_what_the_clinic_has_not_signed_has_no_review() -> None:
    text = f'{{ procedure(slug: "microneedling") {{ aftercarePlans {{ slug {REVIEW} }} }} }}'

    (plan,) = data(text, client=content(overlaid()))["procedure"]["aftercarePlans"]

    assert plan == {"slug": SLUG, "clinicalReview": None}


@pytest.mark.parametrize("viewer", [ANONYMOUS, OPERATOR], ids=["anonymous", "operator"])
def test_who_is_of_no_clinic_sees_no_review(viewer: Viewer) -> None:
    client = content()
    text = f'{{ aftercarePlan(slug: "{SLUG}") {{ {REVIEW} }} }}'

    assert data(text, viewer, client) == {"aftercarePlan": {"clinicalReview": None}}
    assert client.asked == []


def test_reviews_of_many_plans_are_one_ask() -> None:
    client = content()
    text = f"""query ($ids: [ID!]!) {{
      nodes(ids: $ids) {{ ... on Enrollment {{ plan {{ {REVIEW} }} }} }}
    }}"""

    both = [ids.encode("Enrollment", number) for number in (5, 6)]
    nodes = data(text, client=client, ids=both)["nodes"]

    assert [one["plan"]["clinicalReview"]["reviewer"] for one in nodes] == [ADA.person] * 2
    assert client.count()["FindReviews"] == 1 + 2  # ours, and graphql-core's for each plan


SIGN = """
mutation ($input: SignOffPlanInput!) {
  signOffPlan(input: $input) {
    review { reviewer contentHash } userErrors { code path message }
  }
}"""
READ = {"plan": SLUG, "version": 2, "contentHash": "c" * 64, "registration": "12345"}


def signing(reply: SignOffReply) -> FakeClient:
    return FakeClient({SignOffPlan: lambda _: reply})


def test_a_clinician_signs_by_the_name_of_their_key() -> None:
    client = signing(SignOffReply(review=review("c" * 64)))

    answered = data(SIGN, ADA, client, input=READ)["signOffPlan"]

    assert answered["review"] == {"reviewer": "Dr. Ada Example", "contentHash": "c" * 64}
    assert client.asked[0] == SignOffPlan(
        clinic_id=7,
        plan=SLUG,
        version=2,
        content_hash="c" * 64,
        reviewer="Dr. Ada Example",
        registration="12345",
        mode=Mode.TEST,
        actor="key:3",
    )


def test_a_key_that_names_nobody_signs_nothing_and_says_what_to_do() -> None:
    client = signing(SignOffReply())

    (error,) = data(SIGN, NOBODYS, client, input=READ)["signOffPlan"]["userErrors"]

    assert (error["code"], client.asked) == ("NOT_ALLOWED", [])
    assert "afterglow keys create --role CLINICIAN --person" in error["message"]


def test_what_has_changed_since_it_was_read_is_refused() -> None:
    stale = Refusal(code=UserErrorCode.STALE, message="Read it again.", path=("content_hash",))

    answered = data(SIGN, ADA, signing(SignOffReply(refusal=stale)), input=READ)["signOffPlan"]

    assert answered == {
        "review": None,
        "userErrors": [{"code": "STALE", "path": ["contentHash"], "message": "Read it again."}],
    }


def test_a_text_that_cannot_be_kept_is_refused_before_anybody_is_asked() -> None:
    client = signing(SignOffReply())

    answered = data(SIGN, ADA, client, input=READ | {"registration": "1\n2"})["signOffPlan"]

    assert [error["path"] for error in answered["userErrors"]] == [["registration"]]
    assert client.asked == []


@pytest.mark.parametrize("role", [Role.STAFF, Role.ADMIN, Role.FRONT_END])
def test_nobody_but_a_clinician_signs(role: Role) -> None:
    viewer = Viewer(role=role, clinic_id=7, mode=Mode.TEST, key_id=3, person="Ana")

    assert refused_codes(ask(SIGN, viewer, input=READ)) == ["FORBIDDEN"]
