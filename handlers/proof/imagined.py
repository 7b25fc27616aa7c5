"""Doors that lead nowhere, for a drill: channels in which nothing is shown, and couriers that know whom they would reach."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flows.flow import Flow
from flows.lint import HOUSE_PAGER
from handlers.board import Board, Shown
from handlers.couriers import Colleague, Courier, Notice
from handlers.ports import Bucket, Words
from storage.cases import Case
from storage.database import Work

WORKSPACES = ("slack", "teams")
PAGERDUTY = "pagerduty"


@dataclass(frozen=True)
class SilentBoard(Board):
    """Cards of cases are shown nowhere: a drill asks who is told, not what is seen."""

    async def show(self, work: Work, shown: Sequence[Shown]) -> None: ...

    async def follow(self, *_: Any, **__: Any) -> None: ...

    async def follow_all(self, *_: Any, **__: Any) -> None: ...

    async def ask(self, work: Work, case: Case, version_id: int) -> None: ...

    async def leave_pointer(self, *_: Any, **__: Any) -> None: ...

    async def tell(self, *_: Any, **__: Any) -> None: ...

    async def tell_person(self, work: Work, accounts: Mapping[str, str | None], words: Words, severity: int) -> None: ...


@dataclass(frozen=True)
class Imagined:
    """A `Courier`. `for_all`: a key of the house rings for those who have none of their own."""

    name: str
    for_all: bool = False
    repeats_harmlessly: bool = True

    def address(self, colleague: Colleague) -> str | None:
        plain = {"email": colleague.email, "twilio": colleague.phone}
        own = plain[self.name] if self.name in plain else colleague.pagers.get(self.name)
        return own or ("house" if self.for_all else None)

    def limits(self, address: str) -> Sequence[Bucket]:  # noqa: ARG002 - nothing leaves
        return ()

    async def tell(self, address: str, notice: Notice) -> str:
        raise NotImplementedError


def board(flow: Flow, doors: Collection[str]) -> SilentBoard:
    """Every workspace that is open has every channel of FLOW."""
    return SilentBoard({name: {channel: channel for channel in flow.channels} for name in WORKSPACES if name in doors})


def couriers(doors: Collection[str]) -> dict[str, Courier]:
    names = {door.partition(":")[0] for door in doors} - {*WORKSPACES}
    return {name: Imagined(name, for_all=name == PAGERDUTY and HOUSE_PAGER in doors) for name in sorted(names)}
