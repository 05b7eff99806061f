"""What the listener has done since it started, for an operator and for metrics."""

from collections import Counter

import msgspec


class MailCounters(msgspec.Struct, kw_only=True):
    """`replies` counts the codes of SMTP that were sent. No number names anybody."""

    connections: int = 0
    connections_refused: int = 0
    mails_taken: int = 0
    mails_not_stored: int = 0
    addresses_refused: int = 0
    mails_over_limit: int = 0
    replies: Counter[str] = msgspec.field(default_factory=Counter)

    def snapshot(self, open_connections: int) -> dict[str, object]:
        return {"open_connections": open_connections, **msgspec.to_builtins(self)}
