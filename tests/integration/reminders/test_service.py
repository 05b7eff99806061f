from collections.abc import Iterator, Sequence

import pytest
import sqlalchemy as sa

from services.chassis.answer import AskServer
from services.chassis.ask import ThreadedAskClient, UpstreamFailed
from services.chassis.settings import Secret
from services.chassis.vault import Vault
from services.contracts import content, reminders, words
from services.contracts.ask import ContentAsk
from services.contracts.catalog import Channel
from services.reminders.database.privacy_tables import audit
from services.reminders.database.tables import inbox
from services.reminders.settings import RemindersSettings
from services.reminders.wiring import open_service
from tests.support.reminders.aftercare import NOW, PHONE, PLAN, consent, set_clock


@pytest.fixture
def settings(
    postgres_url: str, redis_url: str, data_keys: str, index_keys: str, engine: sa.Engine
) -> RemindersSettings:
    set_clock(engine)
    return RemindersSettings(
        database_url=Secret(postgres_url),
        redis_url=Secret(redis_url),
        data_keys=Secret(data_keys),
        index_keys=Secret(index_keys),
        secret_key=Secret("s" * 32),
    )


@pytest.fixture
def client(settings: RemindersSettings, vault: Vault) -> Iterator[ThreadedAskClient]:
    opened = ThreadedAskClient(settings.redis_url, vault)
    yield opened
    opened.close()


@pytest.fixture
def running(settings: RemindersSettings) -> Iterator[None]:
    parts = open_service(settings)
    parts.start()
    yield
    parts.close()


@pytest.fixture
def catalog(settings: RemindersSettings, vault: Vault, engine: sa.Engine) -> Iterator[None]:
    """A content service that has one plan."""

    def plans(
        _: sa.Connection, questions: Sequence[content.GetClinicPlan]
    ) -> Sequence[content.ClinicPlan | None]:
        return [
            content.ClinicPlan(plan=PLAN, release="r1") if question.slug == PLAN.slug else None
            for question in questions
        ]

    server = AskServer(
        stream=ContentAsk.stream,
        redis_url=settings.redis_url,
        vault=vault,
        engine=engine,
        inbox=inbox,
        reads={content.GetClinicPlan: plans},
        commands={},
        consumers=1,
    )
    server.start()
    yield
    server.stop()


@pytest.fixture
def scope(running: None, client: ThreadedAskClient) -> reminders.Scope:
    del running
    made = client.ask(
        reminders.CreateClinic(name="Rowan Clinic", time_zone="Europe/Lisbon", country="PT"),
    )
    assert isinstance(made, reminders.ClinicRecord)
    return reminders.Scope(
        clinic_id=made.id, mode=words.Mode.LIVE, role=words.Role.STAFF, actor="key:1"
    )


@pytest.fixture
def patient(scope: reminders.Scope, client: ThreadedAskClient) -> reminders.PatientRecord:
    command = reminders.RegisterPatient(
        scope=scope, idempotency_key="r", phone=PHONE, consents=(consent(Channel.SMS),)
    )
    reply = client.ask(command)
    assert reply.patient
    return reply.patient


def enrollment(scope: reminders.Scope, patient_id: int) -> reminders.EnrollPatient:
    return reminders.EnrollPatient(
        scope=scope,
        idempotency_key="e",
        patient_id=patient_id,
        plan=PLAN.slug,
        procedure_at=NOW,
    )


def test_carries_a_patient_from_registration_to_reminders(
    catalog: None,
    client: ThreadedAskClient,
    scope: reminders.Scope,
    patient: reminders.PatientRecord,
) -> None:
    del catalog
    client.ask(enrollment(scope, patient.id))

    page = client.ask(reminders.ListReminders(scope=scope, limit=10))
    assert {reminder.step_key for reminder in page.items} == {"prepare", "today", "wash"}


def test_many_questions_of_one_kind_are_answered_as_if_each_were_alone(
    catalog: None,
    scope: reminders.Scope,
    patient: reminders.PatientRecord,
    client: ThreadedAskClient,
    engine: sa.Engine,
) -> None:
    del catalog
    reply = client.ask(enrollment(scope, patient.id))
    assert reply.enrollment is not None
    lists = [
        reminders.ListReminders(scope=scope, enrollment_id=number, limit=limit)
        for number, limit in ((reply.enrollment.id, 1), (reply.enrollment.id, 9), (77, 9))
    ]
    alone = tuple(client.ask(query) for query in lists)
    noted = sa.select(sa.func.count()).select_from(audit)
    with engine.connect() as connection:
        before = connection.execute(noted).scalar_one()

    together_now = tuple(client.ask_many(lists))

    assert together_now == alone
    with engine.connect() as connection:
        assert connection.execute(noted).scalar_one() > before  # read is read, however asked


def test_enrolls_nobody_while_the_catalog_cannot_be_asked(
    client: ThreadedAskClient, scope: reminders.Scope, patient: reminders.PatientRecord
) -> None:
    with pytest.raises(UpstreamFailed):
        client.ask(enrollment(scope, patient.id), timeout=5.0)

    asked = reminders.ListEnrollments(scope=scope, patient_id=patient.id, first=1)
    assert client.ask(asked).items == ()
