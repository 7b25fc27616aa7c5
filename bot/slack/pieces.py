"""A text that is longer than one input of Slack takes: cut into pieces where it breathes, and joined again letter by letter; pure."""

from collections.abc import Mapping

# What stood between two pieces goes into the name of the second, since Slack trims what is typed.
_BETWEEN = {"p": "\n\n", "l": "\n", "s": " ", "n": ""}


def pieces(text: str, most: int) -> list[tuple[str, str]]:
    """(name, piece of at most `most` characters) in order."""
    found: list[tuple[str, str]] = []
    between = "n"
    while len(text) > most:
        between_next, at = _cut_at(text, most)
        found.append((f"{len(found) + 1}{between}", text[:at]))
        text, between = text[at + len(_BETWEEN[between_next]) :], between_next
    return [*found, (f"{len(found) + 1}{between}", text)]


def _cut_at(text: str, most: int) -> tuple[str, int]:
    """(what stands there, where) so that both halves are of use."""
    for name, between in _BETWEEN.items():
        at = text.rfind(between, most // 2, most) if between else most
        if at > 0:
            return name, at
    return "n", most


def joined(parts: Mapping[str, tuple[str, ...]]) -> str:
    """The whole text from pieces by the names of their inputs; one that was emptied takes what stood before it with it."""
    whole = ""
    for name in sorted(parts, key=_number):
        whole += (_BETWEEN[name[-1]] if whole else "") + parts[name][0]
    return whole


def _number(name: str) -> int:
    return int(name.rpartition("~")[2][:-1])
