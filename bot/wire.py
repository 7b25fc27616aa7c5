"""A mention on the wire: the one JSON shape that webhooks deliver, files replay and samples are written in."""

import codecs
import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from handlers.ports import Customer, Event, Mention

EARLIEST, LATEST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)  # a moment that every database can keep
Identifier = Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]
Name = Annotated[str, StringConstraints(max_length=200)]
Network = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
Kind = Literal["unknown", "affected", "not_affected", "vulnerable", "press", "regulator", "employee", "business"]


class WireCustomer(BaseModel):
    """The account that wrote."""

    model_config = ConfigDict(extra="forbid")

    external_id: Identifier = Field(description="The network's own id of the account.")
    handle: Name = Field("", description="As people see it, with or without @.")
    name: Name = ""
    kind: Kind = Field("unknown", description="Who it is, if the source knows.")
    reach: int = Field(0, ge=0, le=2_000_000_000, description="Followers.")


class WireMention(BaseModel):
    """One message from a customer. A repeated (network, external_id) is known and changes nothing."""

    model_config = ConfigDict(extra="forbid")

    network: Network = Field(description="Where it was written: x, facebook, email, …")
    external_id: Identifier = Field(description="The network's own id of the message.")
    conversation_id: Identifier | None = Field(
        None, description="Messages of one customer with the same id are one case. The message's own id by default."
    )
    customer: WireCustomer
    text: str = Field(max_length=100_000)
    posted_at: AwareDatetime = Field(ge=EARLIEST, le=LATEST, description="ISO 8601 with a zone.")
    event: Literal["posted", "edited", "deleted"] = Field("posted", description="What happened on the network.")
    url: Annotated[str, StringConstraints(pattern=r"^https?://\S+$", max_length=2000)] | None = Field(
        None, description="Link to the original."
    )
    private: bool = False
    language: Annotated[str, StringConstraints(pattern=r"^[a-zA-Z]{2,3}([-_][a-zA-Z0-9]{2,8})*$")] | None = None


@dataclass(frozen=True)
class FieldProblem:
    """What is wrong with one field; the value itself is not repeated."""

    field: str
    problem: str


class Malformed(Exception):
    """A mention that cannot be read; `problems` names each field, `raw` is what was to be read."""

    def __init__(self, problems: tuple[FieldProblem, ...], raw: str = "") -> None:
        super().__init__("; ".join(f"{one.field}: {one.problem}" for one in problems))
        self.problems = problems
        self.raw = raw


def schema() -> dict[str, Any]:
    """The JSON Schema of a mention, as the docs print it."""
    return WireMention.model_json_schema()


def read_mention(body: bytes | str, source: str) -> Mention:
    """Raises Malformed."""
    try:
        text = body if isinstance(body, str) else body.decode()
        return _mention(WireMention.model_validate_json(text), source, text)
    except ValidationError as error:
        raise Malformed(_problems(error)) from None
    except UnicodeDecodeError as error:
        raise _not_utf8(error) from None


def read_row(row: Mapping[str, Any], source: str) -> Mention:
    """A row of a table, whose customer stands in columns such as `customer_handle` or `customer.handle`. Raises Malformed."""
    nested: dict[str, Any] = {"customer": {}}
    for column, value in row.items():
        name = (column or "").strip().lower().replace("customer.", "customer_")
        if not name or value is None or (value == "" and name != "text"):
            continue
        if name.startswith("customer_"):
            nested["customer"][name.removeprefix("customer_")] = value
        else:
            nested[name] = value
    try:
        return _mention(WireMention.model_validate(nested), source, json.dumps(nested, ensure_ascii=False, default=str))
    except ValidationError as error:
        raise Malformed(_problems(error)) from None


def read_rows(text: str, source: str) -> Iterator[Mention | Malformed]:
    """Each row of a CSV text with a header line. One that breaks the rules of CSV itself ends the reading."""
    csv.field_size_limit(10_000_000)  # a longer text is refused as a field, not as a file
    try:
        for row in csv.DictReader(io.StringIO(text, newline="")):
            try:
                yield read_row(row, source)
            except Malformed as error:
                yield error
    except csv.Error as error:
        yield Malformed((FieldProblem("row", str(error)),))


def read_file(path: Path, source: str) -> Iterator[Mention | Malformed]:
    """Every line of the file in order; a line that cannot be read comes as the reason why."""
    if path.suffix.lower() == ".csv":
        try:
            yield from read_rows(path.read_bytes().decode("utf-8-sig"), source)
        except UnicodeDecodeError as error:
            yield _not_utf8(error)
        return
    with path.open("rb") as lines:
        for line in lines:
            bare = line.removeprefix(codecs.BOM_UTF8).strip()
            if bare:
                try:
                    yield read_mention(bare, source)
                except Malformed as error:
                    yield error


def _not_utf8(error: UnicodeDecodeError) -> Malformed:
    return Malformed((FieldProblem("body", f"not UTF-8 at byte {error.start}"),))


def _problems(error: ValidationError) -> tuple[FieldProblem, ...]:
    found = error.errors(include_input=False, include_url=False, include_context=False)
    return tuple(FieldProblem(".".join(str(part) for part in one["loc"]) or "body", one["msg"]) for one in found[:20])


def _mention(wire: WireMention, source: str, raw: str) -> Mention:
    customer = Customer(**wire.customer.model_dump())
    same = wire.model_dump(include={"network", "external_id", "text", "posted_at", "url", "private"})
    language = wire.language.lower().replace("_", "-").split("-")[0] if wire.language else None
    conversation = wire.conversation_id or wire.external_id
    return Mention(
        **same, conversation_id=conversation, customer=customer, event=Event(wire.event), language=language, source=source, raw=raw
    )
