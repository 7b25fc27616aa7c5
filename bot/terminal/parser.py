"""The words of the command line."""

import argparse
from datetime import date, datetime
from functools import partial
from pathlib import Path
from zoneinfo import available_timezones

from templates import LANGUAGES, say

COMMANDS = (
    "run", "invite", "replay", "check", "migrate", "verify", "backup", "restore", "describe", "export", "erase", "flow", "report",
    "teams-package",
)  # fmt: skip


def _pace(word: str) -> float:
    """A pace that time can keep: finite, not negative."""
    pace = float(word)
    if not 0 <= pace < float("inf"):
        raise ValueError(word)
    return pace


def _number(word: str) -> int:
    """As people write it, with or without #."""
    number = int(word.removeprefix("#"))
    if number < 1:
        raise ValueError(word)
    return number


def minutes(word: str) -> float:
    span = float(word)
    if not 0 <= span <= 100_000:
        raise ValueError(word)
    return span


def hours(word: str) -> float:
    """A minute at least, ten years at most."""
    span = float(word)
    if not 1 / 60 <= span <= 87_600:
        raise ValueError(word)
    return span


def moment(word: str) -> datetime:
    """With a zone or without."""
    at = datetime.fromisoformat(word)
    if not 1990 <= at.year < 2190:  # what every database and calendar can keep, with years to spare
        raise ValueError(word)
    return at


def _day(language: str, word: str) -> date:
    try:
        day = date.fromisoformat(word)
    except ValueError:
        day = date.min
    if not 1990 <= day.year < 2190:
        raise argparse.ArgumentTypeError(say("report.no_day", language, word=word))
    return day


def _zone(language: str, word: str) -> str:
    if word not in available_timezones():
        raise argparse.ArgumentTypeError(say("report.no_zone", language, word=word))
    return word


def _report(top: argparse.ArgumentParser, language: str) -> None:
    day = partial(_day, language)
    top.add_argument("--from", dest="first", required=True, type=day, metavar="DAY", help=say("report.help_from", language))
    top.add_argument("--to", dest="last", type=day, metavar="DAY", help=say("report.help_to", language))
    top.add_argument("--format", choices=("html", "csv", "jsonl"), default="html", help=say("report.help_format", language))
    top.add_argument("-o", "--output", type=Path, metavar="FILE", help=say("report.help_output", language))
    top.add_argument("--language", choices=LANGUAGES, default=language, help=say("report.help_language", language))
    top.add_argument("--timezone", type=partial(_zone, language), metavar="ZONE", help=say("report.help_timezone", language))
    either = top.add_mutually_exclusive_group()
    either.add_argument("--words", action="store_true", default=None, help=say("report.help_words", language))
    either.add_argument("--without-words", dest="words", action="store_false", help=say("report.help_without_words", language))


def _flow(top: argparse.ArgumentParser, language: str) -> None:
    commands = top.add_subparsers(dest="flow_command", metavar="COMMAND", required=True)
    lint, show, drill = (commands.add_parser(name, help=say(f"cli.help_flow_{name}", language)) for name in ("lint", "show", "drill"))
    show.add_argument("name", nargs="?", metavar="NAME", help=say("cli.help_flow_name", language))
    show.add_argument("ladder", nargs="?", metavar="LADDER", help=say("cli.help_flow_ladder", language))
    show.add_argument("--mermaid", action="store_true", help=say("cli.help_mermaid", language))
    for option in (("--svg",), ("--png",), ("-o", "--output")):
        show.add_argument(*option, metavar="FILE", help=say("cli.help_draw_to", language))
    drill.add_argument("file", type=Path)
    drill.add_argument("--at", required=True, type=moment, metavar="TIME", help=say("cli.help_at", language))
    drill.add_argument("--hours", type=hours, default=48.0, help=say("cli.help_hours", language))
    drill.add_argument("--acknowledge", type=minutes, default=0.0, metavar="MINUTES", help=say("cli.help_acknowledge", language))
    drill.add_argument("-o", "--png", metavar="FILE", help=say("cli.help_picture", language))
    for one in (lint, drill):
        one.add_argument("--ways", default="", help=say("cli.help_ways", language))


def parser(language: str) -> argparse.ArgumentParser:
    """No command means run."""
    top = argparse.ArgumentParser("app.py", description=say("cli.description", language))
    commands = top.add_subparsers(dest="command", metavar="COMMAND")
    named = {name: commands.add_parser(name, help=say(f"cli.help_{name.replace('-', '_')}", language)) for name in COMMANDS}
    named["replay"].add_argument("file", type=Path)
    named["replay"].add_argument("--speed", type=_pace, default=0.0, help=say("cli.help_speed", language))
    named["invite"].add_argument("name")
    named["describe"].add_argument("what", choices=("abilities", "acts", "mention", "networks"))
    named["teams-package"].add_argument("file", nargs="?", type=Path, metavar="FILE", help=say("cli.help_package_file", language))
    named["verify"].add_argument("--pack", type=Path, metavar="FOLDER", help=say("cli.help_pack", language))
    about = named["export"].add_mutually_exclusive_group(required=True)
    about.add_argument("--case", type=_number, metavar="N", help=say("cli.help_case", language))
    about.add_argument("--crisis", type=_number, metavar="N", nargs="?", const=0, help=say("cli.help_crisis", language))
    named["export"].add_argument("--to", type=Path, metavar="FOLDER", help=say("cli.help_to", language))
    named["erase"].add_argument("--customer", required=True, metavar="NETWORK:NAME", help=say("cli.help_customer", language))
    named["erase"].add_argument("--yes", action="store_true", help=say("cli.help_yes", language))
    _flow(named["flow"], language)
    _report(named["report"], language)
    for name in ("backup", "restore"):
        named[name].add_argument("file", type=Path)
    return top
