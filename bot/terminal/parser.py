"""The words of the command line."""

import argparse
from pathlib import Path

from templates import say

COMMANDS = ("run", "invite", "replay", "check", "migrate", "verify", "backup", "restore", "describe")


def _pace(word: str) -> float:
    """A pace that time can keep: finite, not negative."""
    pace = float(word)
    if not 0 <= pace < float("inf"):
        raise ValueError(word)
    return pace


def parser(language: str) -> argparse.ArgumentParser:
    """No command means run."""
    top = argparse.ArgumentParser("app.py", description=say("cli.description", language))
    commands = top.add_subparsers(dest="command", metavar="COMMAND")
    named = {name: commands.add_parser(name, help=say(f"cli.help_{name}", language)) for name in COMMANDS}
    named["replay"].add_argument("file", type=Path)
    named["replay"].add_argument("--speed", type=_pace, default=0.0, help=say("cli.help_speed", language))
    named["invite"].add_argument("name")
    named["describe"].add_argument("what", choices=("acts", "mention"))
    for name in ("backup", "restore"):
        named[name].add_argument("file", type=Path)
    return top
