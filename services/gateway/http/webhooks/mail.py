"""Where a mail server hands over reports about our mails, each as it came.

Mail servers sign nothing: a secret that an operator wrote into the server's configuration says
that it is ours.
"""

import hmac

from flask import Blueprint, Response, request

from services.chassis.logs import get_logger
from services.chassis.tokens import TokenSigner
from services.contracts.replies import MESSAGE_LIFETIME, MESSAGE_PURPOSE
from services.gateway.http.webhooks.keeping import Keep, plain
from services.gateway.http.webhooks.mail_reports import PROVIDER, NoReport, read_report

log = get_logger(__name__)


def webhooks(secret_key: str, reports_token: str, keep: Keep) -> Blueprint:
    """Make the route. Without a token every report is refused."""
    routes = Blueprint("mail", __name__, url_prefix=f"/webhooks/email/{PROVIDER}")
    names = TokenSigner(secret_key, purpose=MESSAGE_PURPOSE, lifetime=MESSAGE_LIFETIME)

    @routes.post("/reports")
    def take_report() -> Response:
        given = request.headers.get("Authorization", "").encode()
        if not reports_token or not hmac.compare_digest(given, f"Bearer {reports_token}".encode()):
            log.warning("webhook_not_signed", provider=PROVIDER, path=request.path)
            return plain(403, "Send Authorization: Bearer and EMAIL_REPORTS_TOKEN.")
        try:
            report = read_report(request.get_data(cache=False), names)
        except NoReport:
            return plain(422, "Send mails of type multipart/report only, each as it came.")
        if report is None:
            log.info("report_of_other_mail", provider=PROVIDER)
        else:
            keep(report.receipt)
        return Response(status=204)

    return routes
