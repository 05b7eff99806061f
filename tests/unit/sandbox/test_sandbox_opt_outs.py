import pytest

from services.sandbox.opt_outs import OptOuts

PHONE, CLINIC, OTHER = "+12025550123", "+12025550100", "+12025550101"


@pytest.mark.parametrize("text", ["STOP", "stop", " Stop \n", "StopAll", "QUIT", "cancel"])
def test_an_opt_out_word_alone_opts_out(text: str) -> None:
    opt_outs = OptOuts()
    opt_outs.read(PHONE, CLINIC, text)
    assert opt_outs.holds(PHONE, CLINIC)


@pytest.mark.parametrize("text", ["please stop", "STOP it", "1", "don't stop"])
def test_an_opt_out_word_among_others_does_not(text: str) -> None:
    opt_outs = OptOuts()
    opt_outs.read(PHONE, CLINIC, text)
    assert not opt_outs.holds(PHONE, CLINIC)


@pytest.mark.parametrize("text", ["START", "unstop"])
def test_an_opt_in_word_lifts_it(text: str) -> None:
    opt_outs = OptOuts()
    opt_outs.read(PHONE, CLINIC, "STOP")
    opt_outs.read(PHONE, CLINIC, text)
    assert not opt_outs.holds(PHONE, CLINIC)


def test_an_opt_out_holds_for_one_sender() -> None:
    opt_outs = OptOuts()
    opt_outs.read(PHONE, CLINIC, "STOP")
    assert not opt_outs.holds(PHONE, OTHER)
