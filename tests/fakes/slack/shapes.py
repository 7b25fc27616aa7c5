"""The grammar that Block Kit's rules are written in: small checks that compose, each yielding what is wrong and where."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Rule = Callable[[Any, str], Iterator[str]]


def wrong(words: str, at: str) -> str:
    """One line as Slack writes it in response_metadata.messages, without its [ERROR]."""
    return f"{words} [json-pointer:{at or '/'}]"


def string(most: int | None = None, least: int = 1, pattern: str | None = None) -> Rule:
    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield wrong("must provide a string", at)
        elif len(value) < least:
            yield wrong(f"must be more than {least - 1} characters", at)
        elif most is not None and len(value) > most:
            yield wrong(f"must be less than {most + 1} characters", at)
        elif pattern and not re.fullmatch(pattern, value):
            yield wrong(f"does not match the pattern {pattern}", at)

    return check


def boolean(value: Any, at: str) -> Iterator[str]:
    if not isinstance(value, bool):
        yield wrong("must be a boolean", at)


def integer(least: int, most: int | None = None) -> Rule:
    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, int) or isinstance(value, bool):
            yield wrong("must provide an integer", at)
        elif value < least or (most is not None and value > most):
            yield wrong(f"must be between {least} and {most}", at)

    return check


def one_of(*words: str) -> Rule:
    def check(value: Any, at: str) -> Iterator[str]:
        if value not in words:
            yield wrong(f"value must be one of {', '.join(words)}", at)

    return check


def items(rule: Rule, most: int | None, least: int = 1) -> Rule:
    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield wrong("must be an array", at)
            return
        if len(value) < least:
            yield wrong(f"no fewer than {least} items allowed", at)
        if most is not None and len(value) > most:
            yield wrong(f"no more than {most} items allowed", at)
        for index, item in enumerate(value):
            yield from rule(item, f"{at}/{index}")

    return check


def shape(required: Mapping[str, Rule], optional: Mapping[str, Rule] | None = None) -> Rule:
    """An object with exactly these fields: a missing one and an unknown one are both refused."""
    known = {**required, **(optional or {})}

    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield wrong("must provide an object", at)
            return
        for name in required:
            if name not in value:
                yield wrong(f"missing required field: {name}", at)
        for name, content in value.items():
            if name in known:
                yield from known[name](content, f"{at}/{name}")
            else:
                yield wrong(f"invalid additional property: {name}", at)

    return check


def by_type(table: Mapping[str, Rule]) -> Rule:
    """An object whose `type` says which rule it must obey."""

    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield wrong("must provide an object", at)
        elif "type" not in value:
            yield wrong("missing required field: type", at)
        elif value["type"] not in table:
            yield wrong(f"unsupported type: {value['type']}", at)
        else:
            yield from table[value["type"]](value, at)

    return check


def also(rule: Rule, *more: Rule) -> Rule:
    """`rule`, and if it finds nothing wrong, the further ones, which may then trust its shape."""

    def check(value: Any, at: str) -> Iterator[str]:
        found = list(rule(value, at))
        yield from found or (line for extra in more for line in extra(value, at))

    return check


def exactly_one(*names: str) -> Rule:
    def check(value: Any, at: str) -> Iterator[str]:
        if sum(name in value for name in names) != 1:
            yield wrong(f"must define exactly one of {' or '.join(f'`{name}`' for name in names)}", at)

    return check


def at_least_one(*names: str) -> Rule:
    def check(value: Any, at: str) -> Iterator[str]:
        if not any(name in value for name in names):
            yield wrong(f"must define either {' or '.join(f'`{name}`' for name in names)}", at)

    return check


def anything(_value: Any, _at: str) -> Iterator[str]:
    return iter(())
