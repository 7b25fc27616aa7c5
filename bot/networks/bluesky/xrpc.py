"""Calls of Bluesky's protocol (XRPC) by our account.

Not by the SDK (atproto): it takes most of a second and 60 MB to import, follows redirects with our token, reads a page of fifty posts as
one model, so that one odd post costs them all, and does not tell what never left from what got no answer. Its models check our tests.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from bot.networks.bluesky.faults import Fault, Said, ours
from bot.networks.bluesky.session import Pass, Session
from bot.networks.bluesky.web import Answer, Json, Web


@dataclass(frozen=True)
class Xrpc:
    """Raises errors of handlers.errors. `said` gives the server's answer instead where that is one of the names asked for."""

    web: Web
    session: Session

    async def me(self) -> Pass:
        try:
            return await self.session.present()
        except Fault as fault:
            raise ours(fault) from None

    async def query(self, name: str, *expected: str, **params: Any) -> Answer:
        """Raises Said for an error that is expected."""
        return await self._call(lambda us: self.web.get(_address(us, name), us.access, params), expected, writing=False)

    async def procedure(self, name: str, body: Json, *expected: str) -> Answer:
        """What got no answer is Unconfirmed."""
        return await self._call(lambda us: self.web.post(_address(us, name), us.access, body), expected, writing=True)

    async def _call(self, ask: Callable[[Pass], Awaitable[Answer]], expected: tuple[str, ...], *, writing: bool) -> Answer:
        us = await self.me()
        try:
            return await self._with_a_good_token(ask, us)
        except Said as said:
            if said.name in expected:
                raise
            raise ours(said, writing=writing) from None
        except Fault as fault:
            raise ours(fault, writing=writing) from fault

    async def _with_a_good_token(self, ask: Callable[[Pass], Awaitable[Answer]], us: Pass) -> Answer:
        """A token that is not accepted is renewed once: the server looks at it before it does anything."""
        try:
            answer = await ask(us)
        except Said as said:
            if not said.is_stale:
                raise
            answer = await self._once_more(ask, us)
        self.session.accepted()
        return answer

    async def _once_more(self, ask: Callable[[Pass], Awaitable[Answer]], stale: Pass) -> Answer:
        try:
            us = await self.session.renewed(stale)
        except Fault as fault:
            raise ours(fault) from None
        try:
            return await ask(us)
        except Said as said:
            if said.is_stale:
                self.session.refused(said)
            raise


def _address(us: Pass, name: str) -> str:
    return f"{us.host}/xrpc/{name}"
