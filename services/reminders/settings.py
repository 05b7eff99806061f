"""The settings of the processes that plan and send reminders."""

from typing import Annotated

import msgspec

from services.chassis.settings import Secret, Settings


class ProviderSettings(Settings, frozen=True, kw_only=True):
    """For all of them: which providers are used."""

    sms_providers: Annotated[
        str,
        msgspec.Meta(
            description="Providers of texts: twilio,kannel (the first gets nine tenths) or, by"
            " weight, twilio=70,kannel=30."
        ),
    ] = "twilio"
    email_providers: Annotated[
        str, msgspec.Meta(description="Providers of email, in the same way.")
    ] = "smtp"


class RemindersSettings(ProviderSettings, frozen=True, kw_only=True):
    """For processes that plan or send messages: the senders, and how many a day."""

    twilio_from: Annotated[
        str, msgspec.Meta(description="The number a new clinic texts from, as +12025550100.")
    ] = ""
    kannel_from: Annotated[
        str, msgspec.Meta(description="The number or name a new clinic texts from by Kannel.")
    ] = ""
    email_from: Annotated[
        str, msgspec.Meta(description="The address a new clinic writes from.")
    ] = ""
    email_bounce_domain: Annotated[
        str,
        msgspec.Meta(
            description="Domain that bounces of a new clinic's mail come back to, as"
            " bounces.clinic.example; its MX is the mail listener. Without one they go to the"
            " sender's address."
        ),
    ] = ""
    data_agreements: Annotated[
        str,
        msgspec.Meta(
            description="Agreements under which providers send health data, as"
            " twilio=BAA-2026-7,smtp=BAA-2026-8. Production wants one for a clinic in the US."
        ),
    ] = ""
    postal_address: Annotated[
        str,
        msgspec.Meta(description="At the foot of a new clinic's marketing mail, on one line."),
    ] = ""
    opt_out_words: Annotated[
        str,
        msgspec.Meta(
            description="Words that opt out like STOP, besides those of the rules, comma separated,"
            " such as the keywords that are set up with a provider."
        ),
    ] = ""
    daily_cap: Annotated[
        int,
        msgspec.Meta(
            description="Reminders a patient gets on one channel in one day; more move to the"
            " next. 0: no limit."
        ),
    ] = 5


class WorkerSettings(RemindersSettings, frozen=True, kw_only=True):
    """For workers. Only the providers in use need their settings."""

    twilio_account_sid: Annotated[
        str, msgspec.Meta(description="The account's SID: AC and 32 characters.")
    ] = ""
    twilio_auth_token: Annotated[
        Secret,
        msgspec.Meta(description="The account's token: it calls the API and signs webhooks."),
    ] = Secret("")
    twilio_api_url: Annotated[
        str, msgspec.Meta(description="Twilio's API; development uses the sandbox's.")
    ] = "https://api.twilio.com"
    kannel_sendsms_url: Annotated[
        str,
        msgspec.Meta(
            description="The URL of Kannel's sendsms, as http://kannel:13013/cgi-bin/sendsms."
        ),
    ] = ""
    kannel_username: Annotated[str, msgspec.Meta(description="A sendsms-user of Kannel's.")] = ""
    kannel_password: Annotated[Secret, msgspec.Meta(description="That user's password.")] = Secret(
        ""
    )
    smtp_url: Annotated[
        Secret,
        msgspec.Meta(
            description="Mail server, as smtp[s]://user:password@host:port; smtp:// requires"
            " STARTTLS except on this machine, or with ?starttls=never."
        ),
    ] = Secret("")
    smtp_ca_file: Annotated[
        str, msgspec.Meta(description="Certificates to trust for mail servers; else the system's.")
    ] = ""
    dkim_keys: Annotated[
        str,
        msgspec.Meta(
            description="Keys that sign mail, as domain:selector:file, comma separated; files lie"
            " in SECRETS_FOLDER."
        ),
    ] = ""
    secrets_folder: Annotated[
        str,
        msgspec.Meta(
            description="Folder of the files that senders and DKIM_KEYS name; AFTERGLOW_HOME's"
            " sender-secrets when unset."
        ),
    ] = ""
    provider_rates: Annotated[
        str,
        msgspec.Meta(
            description="Messages a second that each account may take, as twilio=20,smtp=50. A"
            " provider that is not named has no limit."
        ),
    ] = ""
    clinic_rate: Annotated[
        float, msgspec.Meta(description="Messages a second of one clinic by channel; 0: no limit.")
    ] = 0.0


class DispatcherSettings(ProviderSettings, frozen=True, kw_only=True):
    """For dispatchers."""

    operator_alert: Annotated[
        str,
        msgspec.Meta(
            description="Whom to page when a clinic acknowledges no escalation, comma separated:"
            " numbers as +12025550177, or email addresses."
        ),
    ] = ""
