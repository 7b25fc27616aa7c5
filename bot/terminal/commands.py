"""What each command says and does. Returns the exit status."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from bot.checkup import Finding, Verdict
from bot.terminal.describe import acts_by_roles, mention_schema
from handlers.keeping import Keeping
from templates import say

DESCRIPTIONS: Mapping[str, Callable[[], str]] = {"acts": acts_by_roles, "mention": mention_schema}


def tell(name: str, language: str, **facts: object) -> int:
    print(say(name, language, **facts))  # noqa: T201 - standard output is this door's voice
    return 0


async def verify(keeping: Keeping, language: str) -> int:
    """1 when a chain is broken."""
    links, breaks = await keeping.verify()
    for one in breaks:
        tell("cli.broken", language, chain=one.chain, seq=one.seq, wrong=one.wrong)
    return 1 if breaks else tell("cli.verified", language, links=links)


def tell_findings(findings: Iterable[Finding], language: str) -> int:
    """A line each; 1 when something is wrong."""
    faults = 0
    for one in findings:
        faults += one.verdict is Verdict.WRONG
        tell(
            "check.line",
            language,
            mark=say("check.mark", language, verdict=one.verdict),
            words=say(one.words.name, language, **one.words.facts),
        )
    tell("check.verdict", language, faults=faults)
    return min(faults, 1)


def back_up(keeping: Keeping, target: Path, language: str) -> int:
    return tell("cli.backed_up", language, file=target, size=keeping.back_up(target))


def restore(keeping: Keeping, source: Path, language: str) -> int:
    keeping.restore(source)
    return tell("cli.restored", language, file=source)


async def migrated(language: str) -> int:
    """Opening the house did it."""
    return tell("cli.migrated", language)


def describe(what: str, further: Mapping[str, Callable[[], str]]) -> int:
    """`further`: what only somebody who knows every door can tell."""
    print({**DESCRIPTIONS, **further}[what]())  # noqa: T201
    return 0
