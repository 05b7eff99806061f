"""The settings of the processes that carry reminders."""

from typing import Annotated

import msgspec

from services.chassis.settings import Secret, Settings


class RemindersSettings(Settings, frozen=True, kw_only=True):
    """What all of them are told: who carries messages, and from which addresses."""

    sms_providers: Annotated[
        str, msgspec.Meta(description="Who carries texts, comma separated, first preferred.")
    ] = "twilio"
    email_providers: Annotated[
        str, msgspec.Meta(description="Who carries email, comma separated, first preferred.")
    ] = "smtp"
    twilio_from: Annotated[
        str, msgspec.Meta(description="The number a new clinic texts from, as +12025550100.")
    ] = ""
    email_from: Annotated[
        str, msgspec.Meta(description="The address a new clinic writes from.")
    ] = ""


class WorkerSettings(RemindersSettings, frozen=True, kw_only=True):
    """What a worker is told; only the providers it is to use need theirs."""

    twilio_account_sid: Annotated[
        str, msgspec.Meta(description="The account's SID, AC and 32 characters.")
    ] = ""
    twilio_auth_token: Annotated[
        Secret, msgspec.Meta(description="The account's token: calls the API, signs webhooks.")
    ] = Secret("")
    twilio_api_url: Annotated[
        str, msgspec.Meta(description="The carrier's API; development points at the sandbox.")
    ] = "https://api.twilio.com"
    smtp_url: Annotated[
        Secret, msgspec.Meta(description="Mail server, as smtp[s]://user:password@host:port.")
    ] = Secret("")


class DispatcherSettings(Settings, frozen=True, kw_only=True):
    """What a dispatcher is told: nothing of its own."""
