"""A client for the gateway, as a front end would have one."""

import json
import urllib.error
import urllib.request
from typing import Any


class Gateway:
    """Posts GraphQL over HTTP; `key` None asks anonymously."""

    def __init__(self, url: str, key: str | None = None) -> None:
        self._url = url
        self._key = key

    def post(self, query: str, **variables: Any) -> dict[str, Any]:
        """The whole answer, whatever its status."""
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(self._url, body, headers)  # noqa: S310 - our own gateway
        try:
            with urllib.request.urlopen(request, timeout=20) as response:  # noqa: S310 - same
                answer: dict[str, Any] = json.load(response)
        except urllib.error.HTTPError as refusal:
            with refusal:
                answer = json.load(refusal)
        return answer

    def data(self, query: str, **variables: Any) -> Any:
        """The data of an answer that must have no errors."""
        answer = self.post(query, **variables)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]


REGISTER = """
mutation ($input: RegisterPatientInput!) {
  registerPatient(input: $input) { patient { id } userErrors { message path code } }
}
"""

ENROLL = """
mutation ($input: EnrollPatientInput!) {
  enrollPatient(input: $input) {
    enrollment { id }
    warnings { code }
    userErrors { message path code }
  }
}
"""

REMINDERS = """
query ($id: ID!) {
  enrollment(id: $id) {
    reminders(first: 50) {
      nodes { stepKey channel status dueAt body attempts { outcome } why { code } }
    }
  }
}
"""


def consents(*channels: str, detail: str = "DETAILED") -> list[dict[str, Any]]:
    """Consent to care and to marketing on each channel, as a clinic records it."""
    return [
        {
            "channel": channel,
            "purpose": purpose,
            "granted": True,
            "source": "intake form",
            "method": "IN_PERSON",
            "wordingVersion": "2027-1",
            "basis": "EXPRESS_WRITTEN",
            "detail": detail,
        }
        for channel in channels
        for purpose in ("CARE", "MARKETING")
    ]
