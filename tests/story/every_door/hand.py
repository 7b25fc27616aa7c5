"""One pair of hands at every door: a story is told once, and each door's own Hand does it there."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import pytest

from bot.parity import DOORS, offers
from tests.builders import TestHouse

PROVEN: set[tuple[str, str]] = set()  # (ability, door)
FORMS = {"more_tags": "choose_tags"}  # forms that are called otherwise than the button which opens them
OFFERED = offers()


class Hand(Protocol):
    """People are named: Ana is an agent, Bo (Spanish) a lead, Max manager and admin, Lou a lawyer, Eve a stranger."""

    door: str
    house: TestHouse

    @property
    def published(self) -> list[str]:
        """What customers can read on X."""
        ...

    async def sees(self, user: str, words: str, page: str = "") -> None:
        """What everybody can read, sooner or later; `page`: where on the console."""
        ...

    async def press(self, user: str, act: str, ids: object, page: str = "") -> None: ...

    async def fill(self, user: str, act: str, ids: object, page: str = "", **values: Any) -> None:
        """The form behind a button, filled in and sent. A datetime is a moment."""
        ...

    async def does(self, user: str, command: str) -> None:
        """A command; the console has a page for it."""
        ...

    async def told(self, user: str, words: str) -> None:
        """What this person alone reads."""
        ...

    async def notified(self, user: str, words: str) -> None:
        """What reaches somebody without their asking; on the console above their queue."""
        ...

    async def records(self, user: str, **values: str) -> None:
        """What came by phone, by its form."""
        ...

    async def calls_back(self, user: str, case: int, **values: str) -> None:
        """A call-back is promised."""
        ...

    async def draws(self, user: str) -> None:
        """FLOW is asked for as a picture, and comes."""
        ...

    async def digests(self, user: str) -> None:
        """A digest is subscribed to, and wanted at once where it can be sent."""
        ...

    async def goes_home(self, user: str) -> None: ...

    async def pictured(self) -> bool:
        """Whether charts are shown."""
        ...

    async def tabled(self, user: str) -> bool:
        """Whether the table is to be had."""
        ...


class Colleague(Hand, Protocol):
    """Where people write to each other."""

    async def points_at(self, user: str, text: str) -> None:
        """Eve writes this; the message is made a case."""
        ...

    def rung(self, user: str) -> bool:
        """Whether a message of a channel rings for them."""
        ...


def proves(*abilities: str) -> Callable[[Any], Any]:
    """The story runs at each door that offers all of these, and proves that it does."""
    doors = [door for door in DOORS if all(OFFERED[door][one].ways for one in abilities)]
    PROVEN.update((one, door) for one in abilities for door in doors)
    return lambda story: pytest.mark.proves(*abilities)(pytest.mark.parametrize("hand", doors, indirect=True)(story))


@contextmanager
def saying(what: object) -> Iterator[None]:
    """A failure names what was looked for."""
    try:
        yield
    except AssertionError as error:
        raise AssertionError(f"{what}: {error}") from None
