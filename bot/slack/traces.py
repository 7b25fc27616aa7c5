"""What an act in Slack leaves in the log: a number that everything logged meanwhile carries, and one line when it is over."""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from structlog.contextvars import bind_contextvars

from bot.slack.markup import Json
from bot.slack.views import origin_of
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
def traced(body: Json) -> Iterator[None]:
    """To be entered in a task of the act's own: what follows in it, such as telling somebody why it was not done, keeps the number."""
    act, ids = _named(body)
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
        log.info("act", door="slack", act=act, ids=ids, outcome=outcome, ms=round((time.perf_counter() - began) * 1000))


def _named(body: Json) -> tuple[str, str]:
    """The act and what it is about, in codes of ours; nothing that somebody typed."""
    view = body.get("view") or {}
    if not body.get("actions"):
        name = body.get("command") or view.get("callback_id") or body.get("callback_id") or body.get("type") or ""
        return str(name), origin_of(view).get("ids", "")
    action = body["actions"][0]
    if action.get("type") == "overflow":
        act, _, ids = str(action["selected_option"]["value"]).partition(":")
        return act, ids
    return str(action.get("action_id", "")).partition(":")[0], str(action.get("value") or "") if action.get("type") == "button" else ""
