import graphene

from services.gateway.execution.batched import Batched
from services.gateway.schema.access import REGISTERS
from services.gateway.schema.content.enums import ChannelEnum
from services.gateway.schema.fields import argument, field, required
from services.gateway.schema.scalars.places import Locale, TimeZone
from services.gateway.schema.scalars.times import DateTime
from services.gateway.schema.shared_enums import MessageDetailEnum
from services.gateway.schema.simulation.resolvers import simulated
from services.gateway.schema.simulation.types import PlanAt, SimulatedReminder


class SimulationQueries:
    simulate_enrollment = field(
        graphene.List(required(SimulatedReminder)),
        "The messages a patient would get, without storing or sending anything. Null if "
        "there is no such plan or patient, or if nobody could be enrolled at this time. "
        "Without a patient, consent to everything is assumed.",
        Batched(simulated, REGISTERS),
        plan=argument(required(graphene.String), "The plan's name in URLs."),
        procedure_at=argument(required(DateTime), "When the procedure would start."),
        time_zone=argument(
            required(TimeZone),
            "The patient's time zone. The stored one of a given patient takes precedence.",
        ),
        locale=argument(
            Locale, "The language of the messages; the patient's or the clinic's if left out."
        ),
        channels=argument(graphene.List(required(ChannelEnum)), "Only on these channels."),
        detail=argument(
            MessageDetailEnum, "How much detail messages may contain, within the consent."
        ),
        patient_id=argument(
            graphene.ID,
            "Use this patient's consents and quiet hours. Not allowed for publishable keys.",
        ),
        alongside=argument(
            graphene.List(required(PlanAt)),
            "Other plans of the same patient. Plans on the same day are one visit.",
        ),
    )
