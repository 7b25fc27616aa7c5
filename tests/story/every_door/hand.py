"""One pair of hands at every door: a story is told once, and each door's own Hand does it there."""

import functools
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import pytest

from bot.parity import DOORS, offers
from tests.builders import TestHouse

PROVEN: set[tuple[str, str]] = set()  # (ability, door)
PRESSED: set[tuple[str, str]] = set()  # (button or form, door)
FORMS = {"more_tags": "choose_tags"}  # forms that are called otherwise than the button which opens them
OFFERED = offers()


class Hand(Protocol):
    """People are named: Ana is an agent, Bo (Spanish) a lead, Max manager and admin, Lou a lawyer, Eve a stranger."""

    door: str
    house: TestHouse
    pressed: set[str]  # every button and form that was used so far

    @property
    def published(self) -> list[str]:
        """What customers can read on X."""
        ...

    async def sees(self, user: str, words: str, page: str = "") -> None:
        """What everybody can read, sooner or later; `page`: where on the console."""
        ...

    async def press(self, user: str, act: str, ids: object, page: str = "") -> None:
        """`ids`: None for whatever the button carries."""
        ...

    async def fill(self, user: str, act: str, ids: object, page: str = "", **values: Any) -> None:
        """The form behind a button, filled in and sent. A datetime is a moment."""
        ...

    async def opens(self, user: str, act: str, ids: object, page: str = "") -> None:
        """The form behind a button, to be filled in."""
        ...

    async def sends(self, user: str, act: str, ids: object, **values: str) -> None:
        """The form that stands open, whatever becomes of it."""
        ...

    async def sends_again(self, user: str) -> None:
        """The form that stands open, as it stands."""
        ...

    async def keeps(self, user: str, text: str) -> None:
        """This still stands in their form, and they are told that it was not taken."""
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

    async def excuses(self, user: str, case: int, reason: str) -> None:
        """One case is let through a hold, by form."""
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


def proves(*abilities: str, presses: tuple[str, ...] = ()) -> Callable[[Any], Any]:
    """The story runs at each door that offers all of these, and proves that it does; it uses these buttons and forms, and no others."""
    doors = [door for door in DOORS if all(OFFERED[door][one].ways for one in abilities)]
    PROVEN.update((one, door) for one in abilities for door in doors)
    PRESSED.update((one, door) for one in presses for door in doors)
    return lambda story: pytest.mark.proves(*abilities)(pytest.mark.parametrize("hand", doors, indirect=True)(_pressing(presses, story)))


def _pressing(presses: tuple[str, ...], story: Callable[[Any], Awaitable[None]]) -> Callable[[Any], Awaitable[None]]:
    @functools.wraps(story)
    async def told(hand: Hand) -> None:
        await story(hand)
        assert hand.pressed == set(presses), "what the story says that it presses"

    return told


@contextmanager
def saying(what: object) -> Iterator[None]:
    """A failure names what was looked for."""
    try:
        yield
    except AssertionError as error:
        raise AssertionError(f"{what}: {error}") from None
