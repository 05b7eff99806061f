import msgspec

from services.contracts.catalog import Channel


class Sender(msgspec.Struct, frozen=True, kw_only=True):
    """An address that a clinic sends from. `country` is None if it is the clinic's own."""

    channel: Channel
    provider: str
    address: str
    is_default: bool = False
    country: str | None = None
    is_two_way: bool = True
    account: str | None = None
    secret_file: str | None = None
    data_agreement: str | None = None
    opt_out_way: str | None = None
    postal_address: str | None = None
