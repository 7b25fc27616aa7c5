"""What `check` finds out about the networks: one harmless call to each, and what it may and may not do there."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from bot.checkup import Finding, ok, unset, warning, wrong
from bot.connections import connected, kinds
from bot.settings import Settings
from handlers.errors import SendError
from handlers.networks import Can, Connected, Standing

WITHIN = 25.0  # seconds
ENDS_SOON = timedelta(days=7)


class NoPurse:
    """What a look costs is not written down: nothing is changed by looking."""

    async def pay(self, what: str, times: int, each: Decimal) -> None:
        pass

    async def spent(self) -> Decimal:
        return Decimal()


async def look_at_networks(settings: Settings) -> list[Finding]:
    found = dict(connected(settings, lambda _: NoPurse()))
    missing = [unset("check.network_unset", network=kind.name, needs=kind.needs) for kind in kinds() if kind.name not in found]
    asked = await asyncio.gather(*(_look(name, one) for name, one in found.items()))
    return [*(finding for findings in asked for finding in findings), *missing]


async def _look(name: str, one: Connected) -> list[Finding]:
    try:
        return [finding async for finding in _ask(name, one)]
    finally:
        if one.close:
            await one.close()


async def _ask(name: str, one: Connected) -> AsyncIterator[Finding]:
    if one.source is None:
        return
    try:
        async with asyncio.timeout(WITHIN):
            standing = await one.source.standing()
    except SendError as error:
        yield wrong("check.network_wrong", network=name, reason=error.reason)
        return
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one, the others are looked at
        reason = "timeout" if isinstance(error, TimeoutError) else type(error).__name__
        yield wrong("check.network_wrong", network=name, reason=reason)
        return
    yield _well(name, standing)
    if standing.expires_at and standing.expires_at - datetime.now(UTC) < ENDS_SOON:
        yield warning("check.network_ends", network=name, at=f"{standing.expires_at:%Y-%m-%d %H:%M} UTC")


def _well(name: str, standing: Standing) -> Finding:
    may, may_not = tuple(map(str, standing.may)), tuple(map(str, standing.may_not))
    facts = {"network": name, "account": standing.account, "may": may, "may_not": may_not}
    return ok("check.network_well", **facts) if Can.HEAR in standing.may or not standing.may_not else warning("check.network_well", **facts)
