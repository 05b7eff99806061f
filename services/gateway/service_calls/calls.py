"""The asks of this service, by the service they go to."""

from dataclasses import dataclass

from services.gateway.service_calls.asker import Asker
from services.gateway.service_calls.check_in_calls import CheckInCalls
from services.gateway.service_calls.command_calls import CommandCalls
from services.gateway.service_calls.content_calls import ContentCalls
from services.gateway.service_calls.enrollment_calls import EnrollmentCalls
from services.gateway.service_calls.operator_calls import OperatorCalls
from services.gateway.service_calls.patient_calls import PatientCalls
from services.gateway.service_calls.privacy_calls import PrivacyCalls
from services.gateway.service_calls.reminder_calls import ReminderCalls
from services.gateway.service_calls.reply_calls import ReplyCalls
from services.gateway.service_calls.simulation_calls import SimulationCalls


@dataclass(frozen=True, slots=True)
class ServiceCalls:
    commands: CommandCalls
    reminders: ReminderCalls
    replies: ReplyCalls
    check_ins: CheckInCalls
    content: ContentCalls
    privacy: PrivacyCalls
    operators: OperatorCalls
    simulation: SimulationCalls
    patients: PatientCalls
    enrollments: EnrollmentCalls

    @classmethod
    def through(cls, asker: Asker) -> "ServiceCalls":
        return cls(
            CommandCalls(asker),
            ReminderCalls(asker),
            ReplyCalls(asker),
            CheckInCalls(asker),
            ContentCalls(asker),
            PrivacyCalls(asker),
            OperatorCalls(asker),
            SimulationCalls(asker),
            PatientCalls(asker),
            EnrollmentCalls(asker),
        )
