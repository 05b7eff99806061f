"""Settings of the gateway."""

from typing import Annotated

import msgspec

from services.chassis.settings import Bind, Secret, Settings


class GatewaySettings(Settings, frozen=True, kw_only=True):
    gateway_bind: Annotated[
        Bind, msgspec.Meta(description="The address that the gateway listens on, host:port.")
    ] = Bind("127.0.0.1", 8000)
    gateway_processes: Annotated[
        int,
        msgspec.Meta(
            ge=1, le=64, description="The number of processes that serve; about one a core."
        ),
    ] = 2
    twilio_auth_token: Annotated[
        Secret,
        msgspec.Meta(
            description="Verifies the signature of Twilio's callbacks; without it they are refused."
        ),
    ] = Secret("")
    email_reports_token: Annotated[
        Secret,
        msgspec.Meta(
            description="The token that a mail server sends with delivery reports; without it they "
            "are refused."
        ),
    ] = Secret("")
    ses_topics: Annotated[
        str,
        msgspec.Meta(
            description="ARNs of the SNS topics whose events of Amazon SES are believed, comma"
            " separated; without one they are refused."
        ),
    ] = ""
    sendgrid_webhook_key: Annotated[
        str,
        msgspec.Meta(
            description="The verification key of SendGrid's signed event webhook; without it events"
            " are refused."
        ),
    ] = ""
    mailgun_signing_key: Annotated[
        Secret,
        msgspec.Meta(
            description="The HTTP webhook signing key of Mailgun; without it events are refused."
        ),
    ] = Secret("")
    postmark_webhook_login: Annotated[
        Secret,
        msgspec.Meta(
            description="user:password that Postmark's webhooks have as basic authentication;"
            " without it they are refused."
        ),
    ] = Secret("")
    kannel_inbound_token: Annotated[
        Secret,
        msgspec.Meta(
            description="The token in the URL that Kannel calls with texts; without it they are "
            "refused."
        ),
    ] = Secret("")
    secrets_folder: Annotated[
        str,
        msgspec.Meta(
            description="Folder of the files that senders and DKIM_KEYS name; AFTERGLOW_HOME's"
            " sender-secrets when unset."
        ),
    ] = ""
