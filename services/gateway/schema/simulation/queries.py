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
        "What a patient would be sent, without storing or sending anything; null when there is no "
        "such plan or patient, or for a time that nobody could be enrolled for. "
        "Without a patient, for one who permits everything.",
        Batched(simulated, REGISTERS),
        plan=argument(required(graphene.String), "The plan's name in URLs."),
        procedure_at=argument(required(DateTime), "When the procedure would begin."),
        time_zone=argument(required(TimeZone), "Where the patient is; a patient's own goes first."),
        locale=argument(Locale, "The language to write in; the patient's or clinic's if absent."),
        channels=argument(graphene.List(required(ChannelEnum)), "Only on these."),
        detail=argument(MessageDetailEnum, "How much may be said, as far as consent goes."),
        patient_id=argument(
            graphene.ID, "By this patient's consents and hours. Not for publishable keys."
        ),
        alongside=argument(
            graphene.List(required(PlanAt)),
            "Other plans of the patient's; on the same day they are one visit.",
        ),
    )
