from typing import Any

import pytest

from services.chassis.settings import Secret, SettingsFault
from services.contracts.catalog import Channel
from services.reminders.setting_values import daily_cap_of, rates_of, weights_of
from services.reminders.settings import WorkerSettings


def settings_with(**more: Any) -> WorkerSettings:
    none = Secret("")
    return WorkerSettings(
        database_url=none, redis_url=none, data_keys=none, index_keys=none, secret_key=none, **more
    )


def test_providers_may_name_their_weights() -> None:
    weights = weights_of(settings_with(sms_providers="twilio=30, kannel=70"))

    assert weights[Channel.SMS]["kannel"] > weights[Channel.SMS]["twilio"]


def test_a_weight_that_cannot_be_meant_names_its_setting() -> None:
    with pytest.raises(SettingsFault, match="SMS_PROVIDERS is not usable: a weight is a number"):
        weights_of(settings_with(sms_providers="twilio=much"))


def test_rates_are_read_by_provider() -> None:
    assert rates_of(settings_with(provider_rates="twilio=20, smtp=0.5")).accounts == {
        "twilio": 20.0, "smtp": 0.5,
    }  # fmt: skip


@pytest.mark.parametrize("rates", ["twilio", "twilio=", "twilio=0", "twilio=-1", "pigeon=3"])
def test_a_rate_that_cannot_be_meant_names_its_setting(rates: str) -> None:
    with pytest.raises(SettingsFault, match="PROVIDER_RATES is not usable"):
        rates_of(settings_with(provider_rates=rates))


def test_a_clinics_rate_is_not_negative() -> None:
    with pytest.raises(SettingsFault, match="CLINIC_RATE"):
        rates_of(settings_with(clinic_rate=-1.0))


@pytest.mark.parametrize(("cap", "limit"), [(0, None), (3, 3)])
def test_zero_means_no_daily_cap(cap: int, limit: int | None) -> None:
    assert daily_cap_of(settings_with(daily_cap=cap)) == limit


def test_a_daily_cap_is_not_negative() -> None:
    with pytest.raises(SettingsFault, match="DAILY_CAP"):
        daily_cap_of(settings_with(daily_cap=-1))
