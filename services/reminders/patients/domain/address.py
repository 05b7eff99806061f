from services.contracts.catalog import Channel

Address = tuple[Channel, str]
