"""What the PDS refuses of a record: read by the models that the Python SDK makes from the lexicons, and counted as those say."""

from typing import Any

import regex
from atproto_client import models
from pydantic import BaseModel, ValidationError

from .world import POST

STRICT = {"strict_string_format": True}
FIELDS = {"$type", "text", "createdAt", "langs", "reply", "facets", "embed", "labels", "tags", "entities"}


class BadRequest(Exception):
    def __init__(self, message: str, name: str = "InvalidRequest") -> None:
        super().__init__(message)
        self.name = name


def check_post(record: Any) -> None:
    if not isinstance(record, dict) or record.get("$type") != POST:
        raise BadRequest("Invalid record: $type")
    if unknown := set(record) - FIELDS:
        raise BadRequest(f"Invalid {POST} record: unknown {sorted(unknown)}")  # the real one keeps what it does not know
    _read(models.AppBskyFeedPost.Record, record)
    text = record["text"]
    if len(text.encode()) > 3000:
        raise BadRequest(f"Invalid {POST} record: Record/text must not be longer than 3000 characters")
    if len(regex.findall(r"\X", text)) > 300:
        raise BadRequest(f"Invalid {POST} record: Record/text must not be longer than 300 graphemes")
    for facet in record.get("facets", []):
        place = facet["index"]
        text.encode()[place["byteStart"] : place["byteEnd"]].decode()  # a clumsy place would cut a sign in two


def check_key(key: Any) -> None:
    try:
        models.string_formats.validate_tid(key, _Strict())  # type: ignore[arg-type]
    except ValueError as error:
        raise BadRequest(f"Invalid record key: {error}") from error


class _Strict:
    context = STRICT


def _read(model: type[BaseModel], said: Any) -> None:
    try:
        model.model_validate(said, context=STRICT)
    except ValidationError as error:
        first = error.errors()[0]
        raise BadRequest(f"Invalid {POST} record: {'/'.join(map(str, first['loc']))} {first['msg']}") from error
