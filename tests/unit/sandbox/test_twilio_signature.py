"""Twilio's published examples, and cases its libraries agree on."""

import pytest

from services.sandbox.twilio.callbacks import sign

URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
CALL = {"CallSid": "CA1234567890ABCDE", "Digits": "1234", "To": "+18005551212"}


@pytest.mark.parametrize(
    ("url", "params", "signature"),
    [
        (
            URL,
            CALL | {"From": "+14158675309", "Caller": "+14158675309"},
            "RSOYDt4T1cUTdK1PDd93/VVr8B8=",
        ),
        (
            URL,
            CALL | {"From": "+12349013030", "Caller": "+12349013030"},
            "0/KCTR6DLpKmkAf8muzZqo1nDgQ=",
        ),
        (
            "https://mycompany.com:443/myapp.php?foo=1&bar=2",
            CALL | {"From": "+14158675309", "Caller": "+14158675309"},
            "kvajT1Ptam85bY51eRf/AJRuM3w=",
        ),
        (
            f"{URL}&bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620",
            {},
            "a9nBmqA0ju/hNViExpshrM61xv4=",
        ),
        (
            URL,
            {"Sid": "CA123", "SidAccount": "AC123", "Digits": ["5678", "1234"]},
            "IK+Dwps556ElfBT0I3Rgjkr1wJU=",
        ),
    ],
)
def test_signs_as_twilio_does(url: str, params: dict[str, str | list[str]], signature: str) -> None:
    assert sign("12345", url, params) == signature
