"""What an act in a workspace leaves in the log: a number that everything logged meanwhile carries, and one line when it is over."""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from structlog.contextvars import bind_contextvars

from handlers.answers import acts as of_answers
from handlers.errors import Told
from handlers.escalation import acts as of_ladders

log = structlog.get_logger()
# acts whose ids begin with the number of a case; of others they say what they are about, and no case
OF_CASE = frozenset(
    {"tag", "claim", "move", "close", "reopen", "more_tags", "choose_tags", "note", "kind", "link", "reveal", "like_this", "show_draft"}
    | {*of_answers.PRESSED, *of_answers.FILLED, "acknowledge", "take_over", *of_ladders.FILLED}
)


@contextmanager
def traced(door: str, act: str, ids: str) -> Iterator[None]:
    """`act` and `ids` are codes of ours, nothing that somebody typed. To be entered in a task of the act's own: what follows in it, such
    as telling somebody why it was not done, keeps the number.
    """
    case = ids.partition(":")[0]
    known = {"case": int(case)} if act in OF_CASE and case.isascii() and case.isdigit() else {}
    bind_contextvars(click=secrets.token_hex(6), **known)
    began, outcome = time.perf_counter(), "done"
    try:
        yield
    except Told as told:
        outcome = told.template
        raise
    except BaseException:
        outcome = "failed"
        raise
    finally:
        log.info("act", door=door, act=act, ids=ids, outcome=outcome, ms=round((time.perf_counter() - began) * 1000))
