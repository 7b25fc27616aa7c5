"""The part of X's query language that is used here; everything else is refused, as X refuses what it cannot read."""

import re
from collections.abc import Callable
from typing import Any

from .guards import invalid
from .world import Post, World

_TOKEN = re.compile(r'\s*(-?)(\(|\)|OR\b|url:"[^"]+"|"[^"]+"|#\w+|@\w+|from:\w+|to:\w+|is:(?:retweet|quote|reply)|\w+)')
Test = Callable[[Post], bool]


def matcher(query: str, world: World, most: int) -> Test:
    """Raises Refusal."""
    if not query or len(query) > most:
        raise invalid(f"Rule must be at most {most} characters")
    tokens, end = [], 0
    while end < len(query.rstrip()):
        found = _TOKEN.match(query, end)
        if not found:
            raise invalid(f"Could not parse at position {end}")
        tokens.append((found[1], found[2]))
        end = found.end()
    tests, alone = [], False
    while tokens:
        test, standalone = _group(tokens, world)
        tests.append(test)
        alone = alone or standalone
    if not alone:
        raise invalid("operators that need a standalone one beside them")
    return lambda post: all(test(post) for test in tests)


def _group(tokens: list[tuple[str, str]], world: World) -> tuple[Test, bool]:
    minus, token = tokens.pop(0)
    if token != "(":
        return _negated(minus, _one(token, world)), not minus and not token.startswith("is:")
    choices = []
    while tokens and tokens[0][1] != ")":
        minus_, one = tokens.pop(0)
        if one != "OR":
            choices.append(_negated(minus_, _one(one, world)))
    if not tokens:
        raise invalid("missing )")
    tokens.pop(0)
    return _negated(minus, lambda post: any(test(post) for test in choices)), True


def _negated(minus: str, test: Test) -> Test:
    return (lambda post: not test(post)) if minus else test


def _one(token: str, world: World) -> Test:
    if token.startswith("url:"):
        part = token[5:-1]
        return lambda post: any(part in url["expanded_url"] for url in _shown(world, post)["entities"].get("urls", ()))
    if token.startswith("from:"):
        return lambda post: token[5:] in (post.author.id, post.author.username)
    if token.startswith("is:"):
        return {"is:quote": lambda post: post.quoted is not None, "is:reply": lambda post: post.parent is not None}.get(
            token, lambda _: False
        )
    if token.startswith("@"):
        return lambda post: any(one["username"].lower() == token[1:].lower() for one in _shown(world, post)["entities"].get("mentions", ()))
    if token.startswith("#"):
        return lambda post: token.lower() in re.findall(r"#\w+", post.text.lower())
    words = token.strip('"').lower()
    return lambda post: re.search(rf"(?<!\w){re.escape(words)}(?!\w)", post.text.lower()) is not None


def _shown(world: World, post: Post) -> dict[str, Any]:
    return world.shown(post)
