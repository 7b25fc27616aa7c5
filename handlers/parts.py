"""Each side's part in a crisis: what a card offers there, and who is told that something is decided elsewhere."""

from dataclasses import replace

from flows.parts import Part
from handlers.acts import ROLES, Act, admit, may
from handlers.board import Board
from handlers.errors import DecidedElsewhere
from handlers.ports import Card, Who
from storage.database import Work
from storage.people import Person

# what becomes of a draft, of a reply that was approved, of a statement; to write new words for a customer is not among it
DECIDES = frozenset(
    {
        "approve",
        "edit_and_approve",
        "reject",
        "revise",
        "withdraw",
        "release",
        "arrived",
        "send_again",
        "delete_reply",
        "looked_at",
        "approve_statement",
        "reject_statement",
        "withdraw_statement",
    }
)


async def admit_to_decide(work: Work, who: Who, act: Act, board: Board) -> Person:
    """As `admit`, for what is decided; raises DecidedElsewhere where FLOW gives their workspace no part in it."""
    person = await admit(work, who, act)
    if not board.part_of(who.workspace).approvals:
        roles = tuple(sorted(ROLES[Act.APPROVE]))
        raise DecidedElsewhere(workspace=who.workspace, where=board.deciding, roles=roles, you=may(person, Act.APPROVE))
    return person


def offered(card: Card, part: Part) -> Card:
    """Without the buttons that would only be refused."""
    if part.approvals:
        return card
    rows = (tuple(button for button in row if button.act not in DECIDES) for row in card.buttons)
    return replace(card, buttons=tuple(row for row in rows if row))
