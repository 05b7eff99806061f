"""Settings of the gateway and of its mail listener."""

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


class MailSettings(Settings, frozen=True, kw_only=True):
    """Of the process that takes mail for return paths."""

    mail_bind: Annotated[
        Bind,
        msgspec.Meta(description="Where the mail listener takes mail over SMTP; port 25 outside."),
    ] = Bind("127.0.0.1", 2526)
    mail_health_bind: Annotated[
        Bind, msgspec.Meta(description="Where it serves /healthz, /readyz and /counters.")
    ] = Bind("127.0.0.1", 2527)
    mail_hostname: Annotated[
        str,
        msgspec.Meta(description="Its name in SMTP, as in the MX record; PUBLIC_URL's when unset."),
    ] = ""
    mail_tls_cert_file: Annotated[
        str,
        msgspec.Meta(description="Its certificate with the chain, PEM; without one no STARTTLS."),
    ] = ""
    mail_tls_key_file: Annotated[
        str, msgspec.Meta(description="The certificate's key, if it is not in the same file.")
    ] = ""
    mail_largest: Annotated[
        int, msgspec.Meta(ge=10_000, le=50_000_000, description="Bytes of the largest mail taken.")
    ] = 1_000_000
    mail_connections: Annotated[
        int, msgspec.Meta(ge=1, le=10_000, description="Connections open at once; more get a 421.")
    ] = 200
    mail_connections_per_address: Annotated[
        int, msgspec.Meta(ge=1, le=10_000, description="The same from one address (IPv6: one /64).")
    ] = 50
    mail_rate: Annotated[
        int, msgspec.Meta(ge=1, description="Mails a minute from one address; more get a 451.")
    ] = 300
    mail_per_token: Annotated[
        int, msgspec.Meta(ge=1, description="Mails a day for one return path; more get a 450.")
    ] = 20
    mail_idle_seconds: Annotated[
        float,
        msgspec.Meta(gt=0, le=600, description="How long one command or one mail may take."),
    ] = 60.0
