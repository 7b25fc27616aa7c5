"""The card of one version that waits for people's yes, and the receipt of what became of it; pure but for `load`."""

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flows.answers import Stage
from flows.approvals import Standing
from handlers.answers.gate import statement_under
from handlers.answers.proofreading import finding_words
from handlers.answers.quorum import approvers_of, how_it_stands
from handlers.cards import receipt_words
from handlers.ports import Button, Card, CustomerText, Label, Style, Words
from handlers.shelf import Shelf
from storage import approvals, cases, drafts, replies, statements
from storage.approvals import Approval
from storage.cases import Case
from storage.database import Work
from storage.drafts import ALIVE, Version
from storage.replies import Reply
from storage.statements import Statement
from storage.types import DraftStatus, ReplyState

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
_TONES = {DraftStatus.IN_APPROVAL: "normal", DraftStatus.REJECTED: "alarm"}
MOST_FINDINGS = 8
NAMED = 4
AROUND = 40  # characters of what stayed, beside what changed


@dataclass(frozen=True)
class Sheet:
    """Everything that an approval card shows. `answers` is what the customer wrote last."""

    version: Version
    before: Version | None
    case: Case
    answers: str
    standing: Standing
    asked: tuple[str, ...]  # by name, those whose yes would count now
    given: Sequence[Approval]
    statement: Statement | None
    latest: Statement | None  # of the same kind
    statement_stands: bool
    reply: Reply | None


async def load(work: Work, shelf: Shelf, version_id: int) -> Sheet | None:
    version = await drafts.get(work, version_id)
    case = await cases.get(work, version.case_id) if version else None
    if version is None or case is None:
        return None
    said = await cases.mentions_of(work, case.id)
    rests = await statements.get(work, version.statement_id) if version.statement_id else None
    latest = await statements.latest(work, rests.crisis_id, rests.kind) if rests else None
    reply = await replies.of_draft(work, version.draft_id)
    flow = await shelf.of(work, case)
    standing = await how_it_stands(work, flow, case, version)
    return Sheet(
        version=version,
        before=await drafts.before(work, version),
        case=case,
        answers=(said[-1].newest_text or said[-1].text) if said else "",
        standing=standing,
        asked=tuple(one.name for one in await approvers_of(work, standing.waiting, version)) if standing.waiting else (),
        given=await approvals.of_version(work, version.id),
        statement=rests,
        latest=latest,
        statement_stands=(await statement_under(work, version))[1],
        reply=reply if reply and reply.version_id == version.id else None,
    )


def approval_card(sheet: Sheet) -> Card:
    """Its buttons stand only while this version can still be decided."""
    version = sheet.version
    facts = {"number": sheet.case.id, "version": version.number, "kind": version.kind, "author": version.author, "private": version.private}
    status = version.status if version.is_present else "superseded"
    return Card(
        title=Words("draft.title", {**facts, "status": str(status)}),
        body=(
            CustomerText(sheet.answers[:600]),
            Words("draft.text", {"text": version.text}),
            *_difference(sheet),
            *(finding_words(one, version.text) for one in version.findings[:MOST_FINDINGS]),
        ),
        small=tuple(_small(sheet)),
        buttons=_buttons(sheet),
        tone=_TONES.get(version.status, "plain") if version.is_present else "plain",
    )


def _difference(sheet: Sheet) -> Iterator[Words]:
    """What changed since the version before, word by word; and what changed in the statement under it, when that was replaced."""
    if sheet.before:
        for facts in changes(sheet.before.text, sheet.version.text):
            yield Words("draft.changed", {**facts, "editor": sheet.version.editor})
    if sheet.statement and sheet.latest and not sheet.statement_stands:
        language = sheet.version.language
        for facts in changes(_said(sheet.statement, language), _said(sheet.latest, language)):
            yield Words("draft.statement_changed", facts)


def _said(statement: Statement, language: str) -> str:
    return statement.texts.get(language) or next(iter(statement.texts.values()), "")


def changes(before: str, after: str) -> Iterator[dict[str, str]]:
    """Each change: the words `before`, the words `after`, and `around`, what stands right before them."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            around = "".join(new[:c])[-AROUND:].strip()
            yield {"before": "".join(old[a:b]).strip(), "after": "".join(new[c:d]).strip(), "around": around}


def _small(sheet: Sheet) -> Iterator[Words]:
    version, waiting = sheet.version, sheet.standing.waiting
    if sheet.statement:
        facts = {"kind": sheet.statement.kind, "version": sheet.statement.version, "stands": sheet.statement_stands}
        yield Words("draft.rests_on", facts)
    for one in sheet.given:
        yield Words("draft.approved_by", {"person": one.person, "rule": one.rule or "", "at": one.at})
    if version.is_present and version.status is DraftStatus.IN_APPROVAL and waiting:
        yield _waits(waiting, sheet)
    if sheet.reply and version.is_present:
        yield receipt_words(sheet.reply)
    if version.reason and version.is_present:
        yield Words("draft.reason", {"status": str(version.status), "reason": version.reason})


def _waits(stage: Stage, sheet: Sheet) -> Words:
    facts = {
        "stage": Label(stage.label),
        "people": sheet.asked[:NAMED],
        "more": max(0, len(sheet.asked) - NAMED),
        "have": sheet.standing.have,
        "need": sheet.standing.need,
        "at": sheet.version.created_at,
    }
    return Words("draft.waits_for", {**facts, "language": sheet.version.language if "unchecked" in sheet.version.checks else ""})


def _buttons(sheet: Sheet) -> tuple[tuple[Button, ...], ...]:
    version = sheet.version
    ids = f"{sheet.case.id}:{version.id}"
    if not version.is_present or version.status not in ALIVE:
        return ()
    if sheet.reply and sheet.reply.state is ReplyState.UNCONFIRMED:
        return (unconfirmed_buttons(sheet.reply),)
    if sheet.reply and sheet.reply.state is ReplyState.SENT:
        return ()
    revise = Button("revise", Words("button.revise"), ids)
    withdraw = Button("withdraw", Words("button.withdraw"), ids, confirm=Words("draft.withdraw_sure"))
    if version.status is DraftStatus.IN_APPROVAL:
        approve = Button("approve", Words("button.approve"), ids, Style.PRIMARY)
        edit = Button("edit_and_approve", Words("button.edit_and_approve"), ids)
        reject = Button("reject", Words("button.reject"), ids, Style.DANGER)
        return ((approve, edit, reject), (revise, withdraw))
    return ((*_release(sheet.reply), revise, withdraw),)


def _release(reply: Reply | None) -> tuple[Button, ...]:
    """What was kept leaves only when a person has looked at it again."""
    if reply is None or reply.state is not ReplyState.HELD:
        return ()
    return (Button("release", Words("button.release"), f"{reply.case_id}:{reply.id}"),)


def unconfirmed_buttons(reply: Reply) -> tuple[Button, ...]:
    ids = f"{reply.case_id}:{reply.id}"
    arrived = Button("arrived", Words("button.arrived"), ids)
    again = Button("send_again", Words("button.send_again"), ids, Style.DANGER, confirm=Words("draft.send_again_sure"))
    return (arrived, again)


def receipt_card(reply: Reply, version: Version) -> Card:
    """What the network answered, for the case's thread; a reply that stands there can be corrected or deleted."""
    ids = f"{reply.case_id}:{reply.id}"
    buttons: tuple[Button, ...] = ()
    if reply.state is ReplyState.SENT and reply.deleted_at is None:
        correct = Button("correct", Words("button.correct"), ids)
        delete = Button("delete_reply", Words("button.delete_reply"), ids, Style.DANGER, confirm=Words("draft.delete_sure"))
        link = (Button("open_reply", Words("button.open_reply"), str(reply.case_id), url=reply.url),) if reply.url else ()
        read = (Button("looked_at", Words("button.looked_at"), ids),) if reply.sampled else ()
        buttons = (*link, *read, correct, delete)
    elif reply.state is ReplyState.UNCONFIRMED:
        buttons = unconfirmed_buttons(reply)
    body = (Words("draft.text", {"text": version.text}),) if reply.state is ReplyState.SENT else ()
    return Card(title=receipt_words(reply), body=body, buttons=(buttons,) if buttons else (), tone=_receipt_tone(reply))


def _receipt_tone(reply: Reply) -> str:
    return "alarm" if reply.state in (ReplyState.REFUSED, ReplyState.UNCONFIRMED) else "plain"
