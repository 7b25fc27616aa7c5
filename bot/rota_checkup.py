"""What `check` finds out about the rotas: who is on duty, and which calendars cannot be read."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from bot.checkup import Finding, Verdict, wrong
from handlers.proof.ground import Ground
from handlers.proof.lint import fault_words, on_rotas


async def look_at_rotas(survey: Callable[[], Awaitable[Ground]]) -> list[Finding]:
    """A file that cannot be read is told by whoever looks at the people."""
    try:
        ground = await survey()
    except (ValueError, OSError) as error:
        return [wrong("check.people_wrong", problem=line) for line in str(error).splitlines() if ": rotas" in line]
    faults = [Finding(Verdict.WARNING if fault.read_at else Verdict.WRONG, fault_words(fault)) for fault in ground.faults]
    known = [Finding(Verdict.OK if well else Verdict.WARNING, words) for well, words in on_rotas(ground, datetime.now(UTC))]
    return [*faults, *known]
