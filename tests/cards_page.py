"""Writes docs/cards.md: every card, form and question that people meet, with what it is for and its picture."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

PAGE = Path(__file__).parent.parent / "docs/cards.md"
FOLDER, WIDTH, COLUMNS = "pictures/cards", 360, 2
HEAD = """# What people see

Every card, form and question of Tocsin, as Microsoft Teams shows it on a phone, drawn by Microsoft's own renderer. Slack shows the same
with its own means. Texts in a grey box are what a customer wrote; `make pictures` takes the pictures again. The same in Spanish:
[cards](pictures/cards/all-es.png), [forms](pictures/cards/all-forms-es.png). In French: [cards](pictures/cards/all-fr.png),
[forms](pictures/cards/all-forms-fr.png).
"""
CARDS: dict[str, dict[str, str]] = {
    "A case": {
        "case called": "A grave case: somebody was called for it",
        "case": "A case with an answer on its way",
        "case closed": "The same case, closed",
        "case wrote again": "The customer wrote again (in the thread)",
        "case note": "A colleague's note (in the thread)",
        "case moved": "It belongs to the other team",
        "case erased": "Its personal data was erased",
        "case revealed": "What is masked, for whoever asked to see it",
        "cases alike": "Cases like this one",
        "cases wait": "Too many for cards of their own: they wait in the queue",
        "spike": "More of something than is usual",
    },
    "An answer": {
        "answer 1": "A draft that waits for approval",
        "answer kept": "Approved, and kept back by the hold",
        "answer 0": "A reply that has left",
        "answer unconfirmed": "A reply of which nobody can tell whether it arrived: a person looks",
        "answers waiting": "What waits for my approval",
        "answers waiting, many": "The same on a bad day",
        "answers kept": "What is kept back: nothing",
        "answer proposed": "A draft was sent for approval",
        "rejected": "A draft was rejected",
    },
    "The crisis": {
        "board": "The board: hold, facts, statements, clocks",
        "statements": "The statements",
        "statement": "A statement that waits for approval",
        "statement approved": "One that stands",
        "callbacks": "Call-backs that were promised",
        "hold": "The hold was changed",
        "fact added": "A fact was added",
    },
    "Who is called": {
        "call 1": "In the thread: somebody is called for this case",
        "call 2": "The same for the next step",
        "call 3": "In one's own chat: what I am called for",
        "call over": "Somebody has it",
        "calls waiting": "What waits for me",
        "calls waiting, none": "Nothing waits for me",
        "on call": "Who is on duty now and next",
        "snoozed": "A case was put off",
        "given": "A case was given to somebody",
    },
    "How things stand": {
        "status": "The status on a bad day",
        "status quiet": "The status on a quiet day",
        "digest": "A digest of the day",
        "digest late": "A digest that comes late, in a channel that may read everything",
        "digest subscribed": "A channel was subscribed to digests",
        "digest asks": "A channel that others read too: an admin decides",
        "digests": "Who gets digests",
        "digest nobody": "Nobody gets digests yet",
        "found password": "Messages with a word in them",
        "found ": "How to search",
    },
    "`home`, in one's own chat": {
        "home 0": "How things stand",
        "home 1": "What I am called for",
        "home 2": "What I may approve",
        "home 3": "Nothing is mine",
        "home of an agent 0": "What an agent sees first",
        "home of an agent 1": "What an agent is called for",
        "home of an agent 2": "How many cases are theirs",
        "home of an agent 3": "Each of them",
        "home of somebody new 0": "What somebody new sees first",
        "home of somebody new 1": "Nobody has called them",
        "home of somebody new 2": "And nothing is theirs",
        "home of a stranger 0": "Somebody who is not on the team",
    },
    "Words and troubles": {
        "in a chat": "Added to a chat of several people",
        "help": "Help",
        "help, not understood": "What was typed is no command",
        "people": "The team",
        "done": "A case was closed",
        "refused": "Not allowed, and who may",
        "watch": "The watchdog: something stands still",
        "watch over": "It goes on again",
    },
}
FORMS: dict[str, dict[str, str]] = {
    "Forms of a case": {
        "more_tags": "All tags",
        "note": "A note",
        "kind": "Who the customer is",
        "link": "Two accounts are one person",
        "log": "A call, a letter, a visit",
        "snooze": "Put off until later",
        "reassign": "Give to somebody",
    },
    "Forms of an answer": {
        "reply": "A reply",
        "reply, holding": "A reply begun with the holding statement",
        "reply, full": "One begun with the full statement",
        "reply, advice": "One begun with advice",
        "reply, reach": "One begun with where to reach us",
        "reply, handover": "One begun with a handover",
        "reply, sorry": "One begun with an apology",
        "revise": "The next version of a draft",
        "edit_and_approve": "Edit and approve",
        "reject": "Reject a draft",
        "handover": "Hand over in private",
        "correct": "Correct what was published",
        "arrived": "Say that a reply has arrived",
    },
    "Forms of the crisis": {
        "fact": "A new fact",
        "fact 1": "What became of a fact",
        "statement holding": "A holding statement",
        "statement full": "A full statement",
        "reject_statement 3": "Reject a statement",
        "attest customers_first": "Attest that those affected were told first",
        "attest posts_stopped": "Attest that planned posts were stopped",
        "callback 2": "A call-back",
        "except 2": "Let one case through the hold",
    },
}
QUESTIONS = {
    "withdraw": "Withdraw a draft",
    "send_again": "Send again a reply that may have arrived",
    "withdraw_statement": "Withdraw the statement that stands",
    "delete_reply": "Delete a published reply on its network",
}


def file_of(kind: str, name: str) -> str:
    """`kind`: card, form or question."""
    return f"{kind}-{re.sub('[^a-z0-9]+', '-', name.lower()).strip('-')}.png"


def pictured() -> Iterator[tuple[str, str]]:
    """(kind, name) of everything on the page."""
    for sections, kind in ((CARDS, "card"), (FORMS, "form")):
        yield from ((kind, name) for captions in sections.values() for name in captions)
    yield from (("question", name) for name in QUESTIONS)


def page() -> str:
    parts = [
        *_sections(CARDS, "card"),
        *_sections(FORMS, "form"),
        *_sections({"Questions before what cannot be undone": QUESTIONS}, "question"),
    ]
    return HEAD + "".join(parts)


def _sections(sections: Mapping[str, Mapping[str, str]], kind: str) -> Iterator[str]:
    for title, captions in sections.items():
        rows = "".join(_row(kind, few) for few in _few(captions.items()))
        yield f"\n## {title}\n\n<table>\n{rows}</table>\n"


def _row(kind: str, few: list[tuple[str, str]]) -> str:
    cells = "".join(
        f'<td valign="top">{caption}<br><img src="{FOLDER}/{file_of(kind, name)}" width="{WIDTH}" alt="{caption}"></td>\n'
        for name, caption in few
    )
    return f"<tr>\n{cells}</tr>\n"


def _few(captions: Iterable[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    listed = list(captions)
    for at in range(0, len(listed), COLUMNS):
        yield listed[at : at + COLUMNS]
