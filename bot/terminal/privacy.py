"""`erase`: names whom it is about, asks, erases, and lists what it could not reach."""

import sys
from collections.abc import Sequence
from pathlib import Path

from bot.terminal.commands import tell
from handlers.erasure import Account, Erased, Erasure
from templates import say

REHEARSED = Path("dry_run.jsonl")
ALWAYS_ELSEWHERE = ("backups", "vendors", "colleagues", "others", "memory")


async def erase(erasure: Erasure, customer: str, language: str, *, sure: bool) -> int:
    """1 when nothing was erased. Runs beside a running bot: what waits in the workspaces is taken away by it."""
    network, colon, name = customer.partition(":")
    if not (network and colon and name.strip("@ ")):
        return _not_done("erase.not_understood", language, typed=customer)
    accounts = await erasure.find(network.strip().lower(), name.strip())
    _show(accounts, language)
    if not sure:
        if not sys.stdin.isatty():
            return _not_done("erase.needs_yes", language)
        if not _confirmed(language):
            return _not_done("erase.left_alone", language)
    _report(await erasure.erase(accounts), language)
    return 0


def _not_done(name: str, language: str, **facts: object) -> int:
    print(say(name, language, **facts), file=sys.stderr)  # noqa: T201
    return 1


def _show(accounts: Sequence[Account], language: str) -> None:
    tell("erase.about_to", language)
    for one in accounts:
        tell("erase.account", language, network=one.network, handle=one.handle or one.external_id, called=one.name, cases=one.cases)


def _confirmed(language: str) -> bool:
    word = say("erase.word", language)
    try:
        return input(say("erase.ask", language, word=word) + " ").strip().lower() == word
    except EOFError:
        return False


def _report(gone: Erased, language: str) -> None:
    tell("erase.done", language, gone=gone)
    if gone.withdrawn:
        tell("erase.withdrawn", language, count=gone.withdrawn)
    if gone.messages:
        tell("erase.messages", language, count=gone.messages)
    tell("erase.elsewhere", language)
    for one in gone.public:
        where = one.url or one.external_id or ""
        tell("erase.public", language, case=one.case_id, network=one.network, where=where, sure=one.sure)
    if REHEARSED.exists():
        tell("erase.rehearsed", language, file=str(REHEARSED))
    for name in ALWAYS_ELSEWHERE:
        tell(f"erase.{name}", language)
