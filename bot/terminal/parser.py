"""The words of the command line."""

import argparse
from datetime import datetime
from pathlib import Path

from templates import say

COMMANDS = ("run", "invite", "replay", "check", "migrate", "verify", "backup", "restore", "describe", "export", "erase", "flow")


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
    named = {name: commands.add_parser(name, help=say(f"cli.help_{name}", language)) for name in COMMANDS}
    named["replay"].add_argument("file", type=Path)
    named["replay"].add_argument("--speed", type=_pace, default=0.0, help=say("cli.help_speed", language))
    named["invite"].add_argument("name")
    named["describe"].add_argument("what", choices=("acts", "mention"))
    named["verify"].add_argument("--pack", type=Path, metavar="FOLDER", help=say("cli.help_pack", language))
    about = named["export"].add_mutually_exclusive_group(required=True)
    about.add_argument("--case", type=_number, metavar="N", help=say("cli.help_case", language))
    about.add_argument("--crisis", type=_number, metavar="N", nargs="?", const=0, help=say("cli.help_crisis", language))
    named["export"].add_argument("--to", type=Path, metavar="FOLDER", help=say("cli.help_to", language))
    named["erase"].add_argument("--customer", required=True, metavar="NETWORK:NAME", help=say("cli.help_customer", language))
    named["erase"].add_argument("--yes", action="store_true", help=say("cli.help_yes", language))
    _flow(named["flow"], language)
    for name in ("backup", "restore"):
        named[name].add_argument("file", type=Path)
    return top
