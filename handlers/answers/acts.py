"""Everything that a person can do about an answer, in one value: buttons by `press`, forms by `fill`."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from handlers.answers.aftermath import Aftermath
from handlers.answers.approvals import Approvals
from handlers.answers.desk import AnswerDesk
from handlers.answers.drafts import Drafts, Proposed, Wording
from handlers.answers.forms import PRIVATE
from handlers.answers.handovers import Handovers
from handlers.answers.hiding import Hide
from handlers.answers.talk import Talk
from handlers.answers.waiting import Waiting
from handlers.errors import BadInput, NoSuchReply
from handlers.filled import Said, needed, one, whole
from handlers.ports import Card, Who, Words
from handlers.room.callbacks import Callbacks
from storage import replies

PRESSED = ("approve", "withdraw", "release", "send_again", "delete_reply", "looked_at", "hide")
FILLED = ("reply", "revise", "edit_and_approve", "correct", "handover", "reject", "arrived")
OF_REPLY = (
    "release",
    "send_again",
    "delete_reply",
    "looked_at",
    "arrived",
    "correct",
)  # acts that bind to a reply, all others to a version


@dataclass(frozen=True)
class AnswerActs:
    drafts: Drafts
    callbacks: Callbacks

    @property
    def approvals(self) -> Approvals:
        return Approvals(self.drafts)

    @property
    def aftermath(self) -> Aftermath:
        return Aftermath(self.drafts)

    @property
    def hide(self) -> Hide:
        return Hide(self.drafts.store, self.drafts.departures.networks)

    @property
    def handovers(self) -> Handovers:
        return Handovers(self.drafts, self.callbacks)

    @property
    def desk(self) -> AnswerDesk:
        return AnswerDesk(self.drafts.store, self.drafts.shelf, self.drafts.departures)

    @property
    def talk(self) -> Talk:
        return Talk(self.drafts.store, self.drafts.shelf)

    @property
    def waiting(self) -> Waiting:
        return Waiting(self.drafts, self.drafts.shelf.present)

    async def press(self, who: Who, act: str, ids: str) -> None:
        """A button without a form: one of PRESSED. `ids`: the case, then the version or the reply that it binds to ("7:12")."""
        does: Mapping[str, Callable[[Who, int], Awaitable[object]]] = {
            "approve": self.approvals.approve,
            "withdraw": self.drafts.withdraw,
            "release": self.aftermath.release,
            "send_again": self.aftermath.send_again,
            "delete_reply": self.aftermath.delete,
            "looked_at": self.aftermath.looked_at,
            "hide": self.hide.hide,  # this one binds to a mention
        }
        await does[act](who, _bound(ids))

    async def fill(self, who: Who, name: str, ids: str, said: Said) -> Card:
        """Take the answer of a form that `desk.form` gave, one of FILLED: its ids, and its fields as strings. What became of it."""
        does: Mapping[str, Callable[[Who, str, Said], Awaitable[Words | Proposed]]] = {
            "reply": lambda who, ids, said: self.drafts.propose(who, whole(ids, "number"), _wording(said)),
            "revise": lambda who, ids, said: self.drafts.revise(who, _bound(ids), _wording(said)),
            "edit_and_approve": lambda who, ids, said: self.approvals.edit_and_approve(who, _bound(ids), _wording(said)),
            "correct": lambda who, ids, said: self.aftermath.correct(who, _bound(ids), _wording(said)),
            "handover": self._hand_over,
            "reject": self._reject,
            "arrived": self._arrived,
        }
        done = await does[name](who, ids, said)
        return proposed_card(done) if isinstance(done, Proposed) else Card(title=done)

    async def _hand_over(self, who: Who, ids: str, said: Said) -> Proposed:
        leader, reach_at, due_at = needed(said, "leader"), one(said, "reach_at"), one(said, "at")
        return await self.handovers.hand_over(who, whole(ids, "number"), _wording(said), leader, reach_at, due_at)

    async def _reject(self, who: Who, ids: str, said: Said) -> Words:
        await self.approvals.reject(who, _bound(ids), one(said, "reason"))
        return Words("draft.rejected")

    async def _arrived(self, who: Who, ids: str, said: Said) -> Words:
        await self.aftermath.arrived(who, _bound(ids), one(said, "url"))
        return Words("draft.seen")

    async def version_of(self, act: str, ids: str) -> int:
        """The version whose card a button or form belongs to, so that the clicked card can be shown anew."""
        number = _bound(ids)
        if act not in OF_REPLY:
            return number
        async with self.drafts.store.read() as work:
            reply = await replies.get(work, number)
        if reply is None:
            raise NoSuchReply
        return reply.version_id


def proposed_card(done: Proposed) -> Card:
    """Told to whoever wrote it: it waits now (or has left by a rule), and what the checks would like better."""
    return Card(title=Words("draft.proposed", {"status": str(done.status), "version": done.number}), body=done.warnings)


def _wording(said: Said) -> Wording:
    rests_on = one(said, "rests_on")
    return Wording(needed(said, "text"), one(said, "where") == PRIVATE, "" if rests_on == "none" else rests_on)


def _bound(ids: str) -> int:
    """What follows the case's number."""
    _, sign, number = ids.partition(":")
    if not sign:
        raise BadInput(field="command", problem="unknown_choice")
    return whole(number, "number")
