"""As whom we speak on X, and what our token may do there."""

from dataclasses import replace

from bot.networks.x import costs
from bot.networks.x.client import X, body
from bot.networks.x.faults import while_reading
from bot.networks.x.money import Meter
from handlers.networks import Can, Standing

_READ = (Can.HEAR, Can.SEARCH)
_WRITE = (Can.ANSWER, Can.DELETE, Can.HIDE)
_PRIVATE = (Can.HEAR_PRIVATE, Can.ANSWER_PRIVATE)
# the header x-access-level, by what the app was allowed when the access token was made
_LEVELS = {"read": _READ, "read-write": (*_READ, *_WRITE), "read-write-directmessages": (*_READ, *_WRITE, *_PRIVATE)}


async def ask(x: X, meter: Meter) -> Standing:
    x.check()
    with while_reading():
        told = await x.api.get_me(user_auth=True)
        handle = (await body(told))["data"]["username"]
    await meter.reads("user_read", [f"user:{x.account}"], costs.USER_READ)
    x.handle = handle
    may = _LEVELS.get(told.headers.get("x-access-level", ""), tuple(Can))
    return without(Standing(f"@{handle}", tuple(Can)), set(Can) - set(may))


async def handle(x: X, meter: Meter) -> str:
    """Ours, asked once."""
    if not x.handle:
        await ask(x, meter)
    return x.handle


def without(standing: Standing, barred: set[Can]) -> Standing:
    may = tuple(one for one in standing.may if one not in barred)
    return replace(standing, may=may, may_not=tuple(one for one in Can if one not in may))
