"""The `fields` of the Graph API: `id,from,comments.filter(stream).limit(2){id,parent{id}}`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from .errors import GraphError

_TOKEN = re.compile(r"\s*([a-z_]+|\.[a-z_]+\([^)]*\)|[{},])")


@dataclass
class Wanted:
    name: str
    modifiers: dict[str, str] = field(default_factory=dict)
    inner: "list[Wanted] | None" = None


def parse(text: str) -> list[Wanted]:
    tokens = list(_tokens(text))
    wanted, rest = _listed(tokens)
    if rest:
        raise GraphError(2500, f"Syntax error near {rest[0]!r}")
    return wanted


def _tokens(text: str) -> Iterator[str]:
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if not match:
            raise GraphError(2500, f'Syntax error "Unexpected character at {at}": {text[at : at + 10]}')
        at = match.end()
        yield match[1]


def _listed(tokens: list[str]) -> tuple[list[Wanted], list[str]]:
    wanted: list[Wanted] = []
    while tokens and tokens[0] != "}":
        one = Wanted(tokens.pop(0))
        while tokens and tokens[0].startswith("."):
            name, _, value = tokens.pop(0)[1:-1].partition("(")
            one.modifiers[name] = value
        if tokens and tokens[0] == "{":
            one.inner, tokens = _listed(tokens[1:])
            tokens = tokens[1:]
        wanted.append(one)
        if tokens and tokens[0] == ",":
            tokens.pop(0)
    return wanted, tokens
