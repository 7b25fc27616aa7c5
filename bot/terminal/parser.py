"""The words of the command line."""

import argparse
from pathlib import Path

from templates import say

COMMANDS = ("run", "invite", "replay", "check", "migrate", "verify", "backup", "restore", "describe", "export", "erase")


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
    for name in ("backup", "restore"):
        named[name].add_argument("file", type=Path)
    return top
