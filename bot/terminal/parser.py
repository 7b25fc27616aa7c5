"""The words of the command line."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from templates import say


def parser(language: str, names: Sequence[str]) -> argparse.ArgumentParser:
    """One subcommand per name; no name means run."""
    top = argparse.ArgumentParser("app.py", description=say("cli.description", language))
    commands = top.add_subparsers(dest="command", metavar="COMMAND")
    named = {name: commands.add_parser(name, help=say(f"cli.help_{name}", language)) for name in names}
    named["replay"].add_argument("file", type=Path)
    named["replay"].add_argument("--speed", type=float, default=0.0, help=say("cli.help_speed", language))
    named["invite"].add_argument("name")
    named["describe"].add_argument("what", choices=("acts", "mention"))
    for name in ("backup", "restore"):
        named[name].add_argument("file", type=Path)
    return top
