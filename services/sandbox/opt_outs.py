"""The carrier's own list of who must not be texted, kept per phone and sender."""

OPT_OUT_WORDS = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"})
OPT_IN_WORDS = frozenset({"START", "UNSTOP"})


class OptOuts:
    def __init__(self) -> None:
        self._out: set[tuple[str, str]] = set()

    def read(self, phone: str, sender: str, text: str) -> None:
        """Heed a text from a phone. Only a keyword that stands alone counts, in any case."""
        word = text.strip().upper()
        if word in OPT_OUT_WORDS:
            self._out.add((phone, sender))
        elif word in OPT_IN_WORDS:
            self._out.discard((phone, sender))

    def holds(self, phone: str, sender: str) -> bool:
        return (phone, sender) in self._out
