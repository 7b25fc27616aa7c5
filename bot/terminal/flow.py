"""`flow lint`, `flow show`, `flow drill`: FLOW proved and drawn before anybody needs it. Looks only."""

import argparse
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.settings import NOTICE_SHAPES, Settings
from bot.terminal.commands import tell
from bot.terminal.drill import Sorting, Teller, play
from bot.voice import speak
from handlers.errors import Told
from handlers.ports import Words
from handlers.proof import lint
from handlers.proof.ground import Ground
from handlers.proof.lint import HOUSE_PAGER, Line, fault_words
from templates import say

WAYS = ("slack", "teams", "email", *NOTICE_SHAPES)


class UnknownEnding(Told):
    """Facts: file."""

    template = "prove.unknown_ending"


class UnknownWay(Told):
    """Facts: name, known."""

    template = "prove.unknown_way"


@dataclass(frozen=True)
class Asked:
    """What the commands ask for when they need it. `sorting` gives the triage as it has learned."""

    flow: Callable[[], Any]
    ground: Callable[[datetime], Awaitable[Ground]]
    sorting: Sorting
    people_file: str


async def obey(settings: Settings, parsed: argparse.Namespace, asked: Asked) -> int:
    does = {"lint": prove, "show": show, "drill": drill}
    return await does[parsed.flow_command](settings, parsed, asked)


def doors(settings: Settings, assumed: str) -> frozenset[str]:
    """The ways to our people that are configured, or those that somebody wants to be assumed."""
    if assumed:
        return frozenset(_known(name.strip().lower()) for name in assumed.split(",") if name.strip())
    house = {HOUSE_PAGER} if "pagerduty" in settings.notice_webhooks and "pagerduty" in settings.notice_keys else set()
    open_ = {"slack": settings.slack, "teams": settings.teams, "email": settings.smtp_url is not None}
    return frozenset({*(name for name, there in open_.items() if there), *settings.notice_webhooks, *house})


def _known(name: str) -> str:
    if name not in WAYS:
        raise UnknownWay(name=name, known=WAYS)
    return name


async def prove(settings: Settings, parsed: argparse.Namespace, asked: Asked) -> int:
    """1 when somebody would wait in vain."""
    flow, at = asked.flow(), datetime.now(UTC)
    ground = await asked.ground(at)
    lines = lint.proved(flow, ground, doors(settings, parsed.ways), at, settings.timezone)
    for line in lines:
        _tell_line(line, settings.language)
    grave = sum(line.grave for line in lines)
    return tell("lint.verdict", settings.language, flow=flow.name, version=flow.version, grave=grave, slight=len(lines) - grave) or min(
        grave, 1
    )


def _tell_line(line: Line, language: str) -> None:
    tell("lint.line", language, mark="grave" if line.grave else "slight", words=said(line.words, language), where=line.where)


def said(words: Words, language: str) -> str:
    return speak(words, language, _plain, datetime.isoformat)


def _plain(words: str) -> str:
    """On one line, without what steers a terminal."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in words).split())


async def show(settings: Settings, parsed: argparse.Namespace, asked: Asked) -> int:
    picture, language = lint.picture_of(flow := asked.flow(), parsed.name, parsed.ladder), settings.language
    files = [Path(file) for file in (parsed.svg, parsed.png, parsed.output) if file]
    drawings = {
        ".svg": lambda pictures: pictures.flow_svg(picture, language).encode(),
        ".png": lambda pictures: pictures.flow_png(picture, language),
        ".mmd": lambda pictures: pictures.flow_mermaid(picture, language).encode(),
    }
    _draw(dict.fromkeys(files, drawings), language)
    if parsed.mermaid or not files:
        from bot.pictures import flow_mermaid  # noqa: PLC0415 - nobody else pays for what draws

        sys.stdout.write(flow_mermaid(picture, language))
    if not files and not parsed.mermaid:
        print(say("prove.how_to_draw", language, name=flow.name), file=sys.stderr)  # noqa: T201
    return 0


def _draw(files: dict[Path, Any], language: str) -> None:
    """Into each file by its ending."""
    for file, drawings in files.items():
        if file.suffix.lower() not in drawings:
            raise UnknownEnding(file=str(file))
    for file, drawings in files.items():
        from bot import pictures  # noqa: PLC0415

        file.write_bytes(drawings[file.suffix.lower()](pictures))
        print(say("prove.drawn", language, file=str(file)), file=sys.stderr)  # noqa: T201


async def drill(settings: Settings, parsed: argparse.Namespace, asked: Asked) -> int:
    flow, language, zone = asked.flow(), settings.language, ZoneInfo(settings.timezone)
    begin = parsed.at if parsed.at.tzinfo else parsed.at.replace(tzinfo=zone)
    ground = await asked.ground(begin)
    if not ground.people:
        print(say("prove.nobody", language, file=asked.people_file), file=sys.stderr)  # noqa: T201
        return 1
    tell("prove.people_from", language, place="" if ground.from_database else Path(asked.people_file).name, count=len(ground.people))
    for fault in ground.faults:
        print(said(fault_words(fault), language))  # noqa: T201
    found = await play(ground, flow, doors(settings, parsed.ways), asked.sorting, parsed, Teller(language, zone))
    if found and parsed.png:
        drawings = {
            ".svg": lambda pictures: pictures.drill_svg(found, language).encode(),
            ".png": lambda pictures: pictures.drill_png(found, language),
        }
        _draw({Path(parsed.png): drawings}, language)
    return 0 if found else 1
