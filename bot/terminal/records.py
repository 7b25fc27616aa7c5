"""The commands about what is remembered: prove it, export it, erase somebody from it."""

import argparse
from collections.abc import Awaitable, Callable

from bot.terminal.commands import migrated, verify
from bot.terminal.pack import export
from bot.terminal.privacy import erase
from bot.terminal.proof import verify_pack
from handlers.erasure import Erasure
from handlers.evidence import Evidence
from handlers.keeping import Keeping


def offline(parsed: argparse.Namespace, language: str) -> dict[str, Callable[[], int]]:
    """What needs no database."""
    return {"verify": lambda: verify_pack(parsed.pack, language)} if getattr(parsed, "pack", None) else {}


def commands(
    keeping: Keeping, erasure: Erasure, evidence: Evidence, parsed: argparse.Namespace, language: str
) -> dict[str, Callable[[], Awaitable[int]]]:
    return {
        "migrate": lambda: migrated(language),
        "verify": lambda: verify(keeping, language),
        "export": lambda: export(evidence, parsed.case, parsed.crisis, parsed.to, language),
        "erase": lambda: erase(erasure, parsed.customer, language, sure=parsed.yes),
    }
