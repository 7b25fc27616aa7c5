"""The official schema of Adaptive Cards, where it lies beside the project: enough of JSON Schema to check a card against it."""

import functools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .state import Json

SCHEMA = Path(__file__).parents[4] / "shared" / "schemas" / "adaptive-card-1.5.json"
KINDS: dict[str, type | tuple[type, ...]] = {
    "string": str, "object": dict, "array": list, "boolean": bool, "number": (int, float), "integer": int, "null": type(None),
}  # fmt: skip
# Words of Teams itself, which the schema does not know.
OF_TEAMS = {"msteams"}
_TYPES: dict[int, frozenset[str]] = {}  # the schema is read once and stays, so its parts keep their identity


@functools.cache
def official() -> Json | None:
    """None where it is not to be had."""
    return json.loads(SCHEMA.read_text()) if SCHEMA.exists() else None


def schema_problems(card: Json) -> list[str]:
    """What the official schema says against the card; nothing where the schema is not to be had."""
    whole = official()
    return list(_check(card, whole, whole, "")) if whole else []


def _check(value: Any, rule: Any, whole: Json, at: str) -> Iterator[str]:
    if not isinstance(rule, dict):
        return
    if "$ref" in rule:
        yield from _check(value, _named(rule["$ref"], whole), whole, at)
        return
    if "enum" in rule and value not in rule["enum"]:
        yield f"{at}: {value!r} is not one of {rule['enum']}"
    if "pattern" in rule and isinstance(value, str) and not re.search(rule["pattern"], value):
        yield f"{at}: {value!r} does not match {rule['pattern']}"
    kind = rule.get("type")
    if kind and not _is(value, kind):
        yield f"{at}: must be of type {kind}"
        return
    for part in rule.get("allOf", ()):
        yield from _check(value, part, whole, at)
    yield from _any(value, rule.get("anyOf") or rule.get("oneOf") or [], whole, at)
    if isinstance(value, dict):
        yield from _object(value, rule, whole, at)
    elif isinstance(value, list) and "items" in rule:
        for index, item in enumerate(value):
            yield from _check(item, rule["items"], whole, f"{at}/{index}")


def _any(value: Any, choices: list[Json], whole: Json, at: str) -> Iterator[str]:
    """At least one must fit. An element is held to the choices for its own type, so that what it lacks is told, not all else."""
    if not choices:
        return
    named = value.get("type") if isinstance(value, dict) else None
    own = [one for one in choices if named in _types(one, whole)] if named else []
    found = [list(_check(value, one, whole, at)) for one in own or choices]
    if all(found):
        yield from found[0] if own else [f"{at}: fits none of the allowed shapes"]


def _object(value: Json, rule: Json, whole: Json, at: str) -> Iterator[str]:
    known = rule.get("properties", {})
    yield from (f"{at}: lacks {name}" for name in rule.get("required", ()) if name not in value)
    for name, content in value.items():
        if name in known:
            yield from _check(content, known[name], whole, f"{at}/{name}")
        elif rule.get("additionalProperties") is False and name not in OF_TEAMS:
            yield f"{at}: does not know {name}"


def _types(rule: Json, whole: Json) -> frozenset[str]:
    """The `type` values that a choice is for; asked once for each place of the schema."""
    if id(rule) not in _TYPES:
        inner = [_named(rule["$ref"], whole)] if "$ref" in rule else [*rule.get("allOf", ()), *rule.get("anyOf", ())]
        own = rule.get("properties", {}).get("type", {}).get("enum", ())
        _TYPES[id(rule)] = frozenset(own).union(*(_types(one, whole) for one in inner))
    return _TYPES[id(rule)]


def _named(reference: str, whole: Json) -> Any:
    return whole["definitions"][reference.removeprefix("#/definitions/")]


def _is(value: Any, kind: str | list[str]) -> bool:
    kinds = [kind] if isinstance(kind, str) else kind
    return any(isinstance(value, KINDS[one]) and (one == "boolean" or not isinstance(value, bool)) for one in kinds)
