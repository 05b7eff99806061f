from pathlib import Path
from typing import Annotated

import msgspec
import pytest

from services.chassis.settings import Bind, Secret, SettingsFault, load


class Kettle(msgspec.Struct, frozen=True, kw_only=True):
    kettle_bind: Annotated[Bind, msgspec.Meta(description="Where the kettle listens.")]
    kettle_liters: float = 1.5
    kettle_whistles: bool = True
    kettle_key: Secret = Secret("none")


def test_reads_each_setting_from_the_variable_of_its_name() -> None:
    kettle = load(Kettle, {"KETTLE_BIND": "127.0.0.1:80", "KETTLE_WHISTLES": "false"})

    assert kettle.kettle_bind == Bind("127.0.0.1", 80)
    assert kettle.kettle_liters == 1.5
    assert kettle.kettle_whistles is False


def test_names_every_fault_at_once_with_what_to_do() -> None:
    with pytest.raises(SettingsFault) as fault:
        load(Kettle, {"KETTLE_LITERS": "much", "KETTLE_WHISTLES": "maybe"})

    lines = str(fault.value).splitlines()
    assert lines[0] == "KETTLE_BIND is not set: Where the kettle listens."
    assert lines[1].startswith("KETTLE_LITERS is not usable: expected `float`")
    assert lines[2].startswith("KETTLE_WHISTLES is not usable: write true or false")


def test_reads_a_secret_from_the_file_that_a_variable_names(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("hush\n")

    kettle = load(Kettle, {"KETTLE_BIND": "h:1", "KETTLE_KEY_FILE": str(tmp_path / "key")})

    assert kettle.kettle_key == "hush"


def test_says_so_when_a_named_file_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(
        SettingsFault, match=r"KETTLE_KEY is not usable: its file .* cannot be read"
    ):
        load(Kettle, {"KETTLE_BIND": "h:1", "KETTLE_KEY_FILE": str(tmp_path / "none")})


def test_never_shows_a_secret_in_a_repr() -> None:
    assert "hush" not in repr(load(Kettle, {"KETTLE_BIND": "h:1", "KETTLE_KEY": "hush"}))


@pytest.mark.parametrize("text", ["8000", ":8000", "host:", "host:x", "host:70000"])
def test_refuses_an_address_that_is_not_host_and_port(text: str) -> None:
    with pytest.raises(ValueError, match="host:port"):
        Bind.parse(text)


def test_an_ipv6_address_keeps_its_brackets_when_written() -> None:
    assert str(Bind.parse("[::1]:8000")) == "[::1]:8000"


def test_checks_the_shape_of_a_secret_and_never_shows_it() -> None:
    class Cup(msgspec.Struct, frozen=True, kw_only=True):
        cup_url: Annotated[Secret, msgspec.Meta(pattern="^tea://", description="As tea://host.")]

    with pytest.raises(SettingsFault, match=r"CUP_URL is not usable: .* As tea://host") as fault:
        load(Cup, {"CUP_URL": "coffee://hush"})

    assert "hush" not in str(fault.value)
