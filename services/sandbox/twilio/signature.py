"""Twilio's request signature.

Base64 of HMAC-SHA1, keyed with the account's token, over the URL and every posted parameter, sorted
by name, as name and value; of a repeated name, its distinct values sorted.
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
