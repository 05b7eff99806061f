"""The provider's own list of phones that have opted out, for each sender."""

OPT_OUT_WORDS = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"})
OPT_IN_WORDS = frozenset({"START", "UNSTOP"})

ANSWERS = {
    "STOP": "You get no more texts from this number. Reply START to get them again.",
    "START": "You get texts from this number again. Reply STOP to get no more.",
}
"""What the provider answers by itself, because it manages opt-outs for its senders."""


class OptOuts:
    def __init__(self) -> None:
        self._out: set[tuple[str, str]] = set()

    def read(self, phone: str, sender: str, text: str) -> str | None:
        """Apply a text from a phone. Returns STOP, START, or None if it is neither.

        A keyword counts only if it is the whole text, in upper or lower case.
        """
        word = text.strip().upper()
        if word in OPT_OUT_WORDS:
            self._out.add((phone, sender))
            return "STOP"
        if word in OPT_IN_WORDS:
            self._out.discard((phone, sender))
            return "START"
        return None

    def holds(self, phone: str, sender: str) -> bool:
        return (phone, sender) in self._out
