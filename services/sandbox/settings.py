"""The settings of the sandbox. It needs no database and no Redis."""

from typing import Annotated, Literal

import msgspec

from services.chassis.settings import Bind, Secret


class SandboxSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Each field is read from the variable with its name in upper case."""

    afterglow_env: Annotated[
        Literal["development", "production"],
        msgspec.Meta(description="How this process logs: lines for people, or JSON."),
    ] = "development"
    sandbox_bind: Annotated[
        Bind, msgspec.Meta(description="Where the stand-in provider's page and SMS API listen.")
    ] = Bind("127.0.0.1", 8025)
    sandbox_smtp_bind: Annotated[
        Bind, msgspec.Meta(description="Where the stand-in provider takes email over SMTP.")
    ] = Bind("127.0.0.1", 2525)
    sandbox_keeps: Annotated[
        int,
        msgspec.Meta(ge=1, le=1_000_000, description="How many messages the sandbox remembers."),
    ] = 10_000
    public_url: Annotated[
        str, msgspec.Meta(description="The gateway's address as providers and patients reach it.")
    ] = "http://127.0.0.1:8000"
    twilio_account_sid: Annotated[
        str, msgspec.Meta(description="Account the SMS API answers for: AC and 32 hex digits.")
    ]
    twilio_auth_token: Annotated[
        Secret,
        msgspec.Meta(description="The account's token: opens the SMS API and signs callbacks."),
    ]
    twilio_from: Annotated[
        str, msgspec.Meta(description="The clinic's number, in E.164, for texts to the clinic.")
    ]
