"""The route where our mail server posts reports about our emails, unchanged.

Mail servers do not sign their calls. A secret in the server's configuration proves that it is ours.
"""

import hmac

from flask import Blueprint, Response, request

from services.chassis.logs import get_logger
from services.gateway.http.webhooks.callbacks import plain_text, refuse_unsigned
from services.gateway.http.webhooks.mail_reports import (
    PROVIDER,
    NotAReport,
    read_report,
)
from services.gateway.http.webhooks.mail_tokens import MailTokens
from services.gateway.intake.items import Keep

log = get_logger(__name__)


def webhooks(secret_key: str, reports_token: str, keep: Keep) -> Blueprint:
    """Return the route. Without a token every report is refused."""
    routes = Blueprint("mail", __name__, url_prefix=f"/webhooks/email/{PROVIDER}")
    tokens = MailTokens(secret_key)

    @routes.post("/reports")
    def take_report() -> Response:
        credential = request.headers.get("Authorization", "").encode()
        expected = f"Bearer {reports_token}".encode()
        if not reports_token or not hmac.compare_digest(credential, expected):
            text = "Send Authorization: Bearer and EMAIL_REPORTS_TOKEN."
            return refuse_unsigned(PROVIDER, text)
        try:
            report = read_report(request.get_data(cache=False), tokens.find)
        except NotAReport:
            return plain_text(422, "Send bounces and complaints only, each as it came.")
        if report is None:
            log.info("report_of_other_mail", provider=PROVIDER)
        else:
            keep(report.receipt)
        return Response(status=204)

    return routes
