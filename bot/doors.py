"""Opens the doors of a house: the console always, a workspace and a network when they are configured."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from bot.clock import Tick
from bot.console import routes, sign_in_link
from bot.settings import Settings
from bot.terminal.greeting import greet, hand_over
from handlers.house import House
from handlers.ticks import Ticks


@dataclass(frozen=True)
class Doors:
    """What was opened: `ears` tell whether the clicks of a workspace reach us."""

    routes: list[Any]
    workspaces: dict[str, Any] = field(default_factory=dict)
    ears: dict[str, Callable[[], Awaitable[bool]]] = field(default_factory=dict)


async def open_doors(settings: Settings, house: House, url: str, stack: AsyncExitStack) -> Doors:
    """Only what is configured is imported; the console always is: it is the room to go to when nothing else is."""
    doors = Doors(list(routes(house.acts, house.links, url, settings.language)))
    for network in house.outside.values():
        doors.routes.extend(network.routes(house.inbox) if network.routes else ())
    if settings.webhook_secrets:
        from bot.networks.webhook import WebhookDoor

        doors.routes.extend(WebhookDoor(house.inbox, settings.webhook_secrets).routes())
    if settings.slack:
        door = await open_slack_door(settings, house, url)
        stack.push_async_callback(door.close)
        doors.routes.extend(door.routes)
        doors.workspaces["slack"], doors.ears["slack"] = door.workspace, door.hears
    if settings.teams:
        teams = await open_teams_door(settings, house, url)
        stack.push_async_callback(teams.close)
        doors.routes.extend(teams.routes)
        doors.workspaces["teams"], doors.ears["teams"] = teams.workspace, teams.hears
    return doors


async def open_slack_door(settings: Settings, house: House, url: str) -> Any:
    from bot.slack import Access, open_slack

    access = Access(
        language=settings.language,
        api_url=settings.slack_api_url,
        alone=not house.store.on_postgresql,
        url=url.rstrip("/"),
        **settings.slack_secrets,
    )
    return await open_slack(house.acts, access)


async def open_teams_door(settings: Settings, house: House, url: str) -> Any:
    from bot.teams.access import access_of
    from bot.teams.door import open_teams

    access = access_of(settings, alone=not house.store.on_postgresql, url=url.rstrip("/"))
    return await open_teams(house.acts, access, settings.teams_channels)


def listening(house: House, doors: Doors) -> Iterator[Tick]:
    """Whether the clicks of each workspace still reach us."""
    listen = Ticks(house.store, house.board, house.flow).listen
    for name, hears in doors.ears.items():
        yield Tick(f"listen:{name}", partial(listen, name, hears), seconds=10)


async def welcome(settings: Settings, house: House, url: str) -> None:
    """What a person needs who has just started the bot."""
    greet(url, settings.language, names := await house.acts.staff.names(), is_demo=settings.is_demo)
    if settings.is_demo:
        await hand_link(settings, house, url, names[0])


async def hand_link(settings: Settings, house: House, url: str, name: str) -> int:
    hand_over(name, sign_in_link(url, await house.acts.signin.invite(name)), settings.language)
    return 0
