"""What stands beside a customer's words: what came with them, and what their network lets us do. Pure."""

import re
from collections.abc import Sequence
from typing import Any

from handlers.answers.reach import by_no_person, closes_at
from handlers.customer_text import hides_something
from handlers.ports import Button, CustomerText, Style, Words
from storage.cases import Case
from storage.types import Status

FILES, NAME_MOST = 4, 60
_KIND = re.compile(r"[a-z0-9]{2,8}")


def files_words(files: Sequence[Sequence[Any]] | None) -> tuple[Words, ...]:
    """What came with a message: called as its sender calls it, so it is shown like their words."""
    if not files:
        return ()
    names = tuple(
        Words("case.file", {"name": CustomerText(name[:NAME_MOST]), "kind": kind_of_file(kind), "kb": (size or 0) // 1000})
        for name, kind, size in files[:FILES]
    )
    return (Words("case.attachments", {"files": names, "more": max(len(files) - FILES, 0)}),)


def kind_of_file(kind: str) -> str:
    """`PDF` of application/pdf; "" of what says nothing."""
    last = kind.rpartition("/")[2].partition("+")[0].lower()
    return last.upper() if _KIND.fullmatch(last) else ""


def reach_words(case: Case, said: Sequence[Any]) -> tuple[Words, ...]:
    """What the network lets us do, where that is less than to answer for ever."""
    left = [one for one in said if one.deleted_at is None]
    if case.status is Status.CLOSED or not left:
        return ()
    if all(one.no_answer for one in left):
        return (Words("case.unreachable", {"reason": left[-1].no_answer, "network": case.network}),)
    until = closes_at(left)
    return (Words("case.private_until", {"at": until}),) if until else ()


def reply_buttons(case: Case, said: Sequence[Any]) -> tuple[Button, ...]:
    """Not to a machine, nor to everybody on a list."""
    style = Style.PLAIN if case.owner_id is None else Style.PRIMARY
    return () if by_no_person(said) else (Button("reply", Words("button.reply"), str(case.id), style),)


def hide_buttons(case_id: int, mention: Any) -> tuple[Button, ...]:
    """Of what stands below our own post and shows somebody's data."""
    is_there = mention.hideable and not mention.hidden_at and not mention.deleted_at
    if not is_there or not hides_something(mention.newest_text or mention.text):
        return ()
    return (Button("hide", Words("button.hide"), f"{case_id}:{mention.id}", Style.DANGER, confirm=Words("case.hide_sure")),)
