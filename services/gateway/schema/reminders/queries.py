from services.contracts.words import ReminderOrder
from services.gateway.execution.batched import Batched
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.fields import argument
from services.gateway.schema.paging import two_way_connection_field
from services.gateway.schema.reminders.enums import ReminderSortEnum
from services.gateway.schema.reminders.resolvers import reminders_asked_for
from services.gateway.schema.reminders.types import ReminderConnection, ReminderFilter


class ReminderQueries:
    reminders = two_way_connection_field(
        ReminderConnection,
        "The clinic's reminders. Page forward or backward; the default is the first 20.",
        Batched(reminders_asked_for, STAFF_UP),
        filter=argument(ReminderFilter, "Filters for the list."),
        sort=argument(ReminderSortEnum, "The sort order.", default_value=ReminderOrder.DUE_ASC),
    )
