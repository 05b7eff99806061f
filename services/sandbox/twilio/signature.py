"""Twilio's request signature.

It is the Base64 of an HMAC-SHA1 with the account's token. The signed text is the URL, followed by
the name and value of each posted parameter, sorted by name. A repeated name has its distinct
values, sorted.
https://www.twilio.com/docs/usage/security#validating-requests
"""

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Mapping, Sequence


def sign(token: str, url: str, params: Mapping[str, str | Sequence[str]]) -> str:
    signed = url + "".join(
        name + value for name in sorted(params) for value in _values(params[name])
    )
    return b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()).decode()


def _values(value: str | Sequence[str]) -> list[str]:
    return [value] if isinstance(value, str) else sorted(set(value))
