"""Joins the lines that a mail program broke by itself (format=flowed, RFC 3676)."""

from collections.abc import Iterator

_SIGNATURE = "-- "


def unflowed(text: str, *, delsp: bool) -> str:
    """`delsp`: the space that marks a soft break is none of the text."""
    return "\n".join(_lines(text.split("\n"), delsp=delsp))


def _lines(lines: list[str], *, delsp: bool) -> Iterator[str]:
    joined: list[str] = []
    depth = 0
    for line in lines:
        deep = len(line) - len(line.lstrip(">"))
        bare = line[deep:].removeprefix(" ")
        if joined and (deep != depth or bare == _SIGNATURE):  # what a sender should not have left open
            yield _quoted(depth, joined)
            joined = []
        depth = deep
        soft = bare.endswith(" ") and bare != _SIGNATURE
        joined.append(bare[:-1] if soft and delsp else bare)
        if not soft:
            yield _quoted(depth, joined)
            joined = []
    if joined:
        yield _quoted(depth, joined)


def _quoted(depth: int, joined: list[str]) -> str:
    return f"{'>' * depth}{' ' if depth else ''}{''.join(joined)}"
