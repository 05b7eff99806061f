"""How replies are read."""

from typing import Final

import graphene

from services.contracts import replies
from services.contracts.plain_text import is_plain
from services.contracts.replies import LONGEST_REPLY, ExplainReply
from services.gateway.execution.batched import FieldRefused
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.check_ins.types import CheckInLevelEnum, CheckInOption
from services.gateway.schema.fields import (
    Args,
    ObjectType,
    argument,
    at_root,
    field,
    list_of,
    required,
)
from services.gateway.schema.inputs import struct_of
from services.gateway.schema.scalars import Locale

_NAMES: Final = ("plan", "step_key")


class ReplyReading(ObjectType, access=STAFF_UP):
    """How the text of a reply is understood."""

    level = field(
        CheckInLevelEnum,
        "The rating. Null if the text is not an answer, such as a thank-you or a reaction.",
    )
    is_opt_out = field(
        required(graphene.Boolean), "Whether it ends messages to the writer at once."
    )
    may_be_opt_out = field(
        required(graphene.Boolean),
        "Whether messages wait until a person has read it, because it may end them.",
    )
    option = field(CheckInOption, "The option that it chooses, if any.")
    reasons = field(list_of(graphene.String), "Why it is understood so, for people to read.")


async def _explained(args: Args, request: GatewayRequest) -> replies.ReplyReading | None:
    if len(args["text"]) > LONGEST_REPLY:
        raise FieldRefused("BAD_USER_INPUT", f"A reply has at most {LONGEST_REPLY:,} characters.")
    if not all(is_plain(args.get(name) or "") for name in _NAMES):
        return None
    return await request.client.ask(struct_of(ExplainReply, args, scope=request.scope))


class ReplyQueries:
    explain_reply = field(
        ReplyReading,
        "How a text would be understood as an answer to a plan's question, and why. Nothing is "
        "stored. Null if the plan, or the step, asks nothing. POST only.",
        at_root(_explained, STAFF_UP, post_only=True),
        text=argument(required(graphene.String), "The text of the reply."),
        plan=argument(required(graphene.String), "The plan's name in URLs."),
        step_key=argument(
            graphene.String, "The step that asks; the plan's first question if left out."
        ),
        locale=argument(Locale, "The language of the question; the clinic's if left out."),
    )
