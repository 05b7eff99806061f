"""What the gateway is told."""

from typing import Annotated

import msgspec

from services.chassis.settings import Bind, Secret, Settings


class GatewaySettings(Settings, frozen=True, kw_only=True):
    gateway_bind: Annotated[
        Bind, msgspec.Meta(description="Where the gateway listens, host:port.")
    ] = Bind("127.0.0.1", 8000)
    gateway_processes: Annotated[
        int,
        msgspec.Meta(ge=1, le=64, description="How many processes serve; about one for each core."),
    ] = 2
    twilio_auth_token: Annotated[
        Secret,
        msgspec.Meta(
            description="Checks the signature of Twilio's callbacks; without it they are refused."
        ),
    ] = Secret("")
    email_reports_token: Annotated[
        Secret,
        msgspec.Meta(
            description="What a mail server sends with reports about our mails; without it they "
            "are refused."
        ),
    ] = Secret("")
    kannel_inbound_token: Annotated[
        Secret,
        msgspec.Meta(
            description="In the address that Kannel calls with texts; without it they are refused."
        ),
    ] = Secret("")
    secrets_folder: Annotated[
        str,
        msgspec.Meta(
            description="Folder of the files that senders and DKIM_KEYS name; AFTERGLOW_HOME's"
            " sender-secrets when unset."
        ),
    ] = ""
