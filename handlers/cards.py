"""Cards and forms of a case, as workspace-neutral values: pure functions of what is stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flows.flow import KINDS, Flow
from flows.severity import Severity
from handlers.answers.reach import by_no_person
from handlers.beside import files_words, hide_buttons, reach_words, reply_buttons
from handlers.customer_text import hides_something
from handlers.networks import REHEARSED
from handlers.ports import Button, Card, CustomerText, Field, FieldKind, Form, Label, Option, Style, Words
from handlers.shelf import Shelf
from storage import calls, cases, customers, drafts, escalations, replies
from storage.calls import Call
from storage.cases import Case, CaseTag
from storage.database import Work
from storage.escalations import Climbing, Escalation
from storage.replies import Reply
from storage.types import DraftStatus, ReplyState, Status

WORTH_A_BUTTON = 4
ANSWERS = 3
LINKABLE = ("x", "facebook", "instagram", "mastodon", "bluesky", "email", "phone", "letter", "in_person", "other")


@dataclass(frozen=True)
class View:
    """Everything that a case's card shows."""

    case: Case
    tags: Sequence[CaseTag]
    mentions: Sequence[Any]
    like_this: int
    flow: Flow  # the one that the case started with
    answers: Sequence[Words] = ()  # how its drafts and replies stand
    also: Sequence[Any] = ()  # the customer's other accounts
    standing: Escalation | None = None  # on its ladder, once somebody was told or has acknowledged
    missing: tuple[str, ...] = ()  # who has not acknowledged yet, of a step that waits for each


async def load(work: Work, shelf: Shelf, case_id: int) -> View | None:
    case = await cases.get(work, case_id)
    if case is None:
        return None
    tags, said = await cases.tags_of(work, case_id), [] if case.erased_at else await cases.mentions_of(work, case_id)
    standing = (await escalations.of_cases(work, [case_id])).get(case_id)
    return View(
        case,
        tags,
        said,
        await cases.count_like_this(work, case),
        await shelf.of(work, case),
        await _answers(work, case_id),
        await customers.linked(work, case.customer_id),
        standing,
        still_missing(standing, await calls.of_case(work, case_id)) if standing else (),
    )


def still_missing(standing: Escalation, made: Sequence[Call]) -> tuple[str, ...]:
    """Some of the present step have acknowledged, and it waits for the others: their names."""
    asked = [call for call in made if (call.climb, call.step) == (standing.climb, standing.step - 1) and call.over_at is None]
    left = [call.name for call in asked if call.acknowledged_at is None and call.failed_at is None]
    return tuple(left) if standing.state is Climbing.CLIMBING and len(left) < len(asked) else ()


async def _answers(work: Work, case_id: int) -> tuple[Words, ...]:
    """How the latest of its drafts and replies stand."""
    lines = []
    for version in (await drafts.of_case(work, case_id))[-ANSWERS:]:
        reply = await replies.of_draft(work, version.draft_id)
        if version.status in (DraftStatus.WRITTEN, DraftStatus.IN_APPROVAL):
            facts = {"author": version.author, "version": version.number, "status": str(version.status), "at": version.created_at}
            lines.append(Words("case.draft", facts))
        elif reply and reply.state is not ReplyState.WITHDRAWN:
            lines.append(receipt_words(reply))
    return tuple(lines)


def receipt_words(reply: Reply) -> Words:
    """What became of a reply."""
    state = "deleted" if reply.deleted_at else str(reply.state)
    rehearsed = (reply.external_id or "").startswith(REHEARSED)
    facts = {"state": state, "reason": reply.reason or "", "at": reply.deleted_at or reply.sent_at}
    return Words("draft.receipt", {**facts, "rehearsed": rehearsed})


def case_card(view: View, *, whole: bool = False) -> Card:
    """The one card of a case. `whole` shows what is masked: for one person's eyes, after `Cases.reveal`."""
    if view.case.erased_at:
        return erased_card(view.case)
    case, first = view.case, view.mentions[0]
    text = first.newest_text or first.text
    return Card(
        title=case_title(case),
        body=(CustomerText(text, whole), *_changes(first), *_set_tags(view)),
        small=_small(view),
        buttons=(
            _tag_buttons(view),
            _act_buttons(view, hidden=hides_something(text) and not whole, url=first.url),
            _hand_buttons(view),
            _more_buttons(view),
        ),
        tone=Severity(case.severity).word,
    )


def case_title(case: Case) -> Words:
    facts = {"number": case.id, "handle": case.handle or case.customer_name, "name": case.customer_name, "network": case.network}
    return Words("case.title", {**facts, "private": case.private, "exercise": case.exercise})


def _changes(first: Any) -> tuple[Words, ...]:
    if first.deleted_at:
        return (Words("case.deleted_on_network", {"at": first.deleted_at}),)
    if first.hidden_at:
        return (Words("case.hidden", {"at": first.hidden_at}),)
    return (Words("case.edited_on_network"),) if first.newest_text else ()


def _set_tags(view: View) -> tuple[Words, ...]:
    labels = tuple(tag_label(view.flow, tag.tag) for tag in view.tags if tag.is_set)
    return (Words("case.tags", {"tags": labels}),) if labels else ()


def tag_label(flow: Flow, tag: str) -> Label:
    """A tag that a FLOW does not have is shown by its name."""
    return Label(flow.tags[tag].label) if tag in flow.tags else Label({"en": tag})


def _small(view: View) -> tuple[Words, ...]:
    case = view.case
    lines = [
        Words("case.state", {"severity": Severity(case.severity).word, "status": str(case.status), "owner": case.owner or ""}),
        Words("case.customer", {"kind": case.kind, "reach": case.reach, "language": case.language}),
        Words("case.since", {"at": case.opened_at, "mentions": case.mention_count}),
    ]
    if view.standing and view.standing.state is not Climbing.OVER:
        lines.append(standing_words(view.standing))
    if view.missing:
        lines.append(Words("call.missing", {"names": view.missing}))
    lines += view.answers
    if view.also:
        accounts = tuple(
            Words("case.account", {"handle": one.handle or one.name or one.external_id, "network": one.network}) for one in view.also
        )
        lines.append(Words("case.also", {"accounts": accounts}))
    if view.like_this:
        lines.append(Words("case.like_this", {"count": view.like_this}))
    return (*files_words(view.mentions[0].attachments), *reach_words(case, view.mentions), *lines)


def standing_words(standing: Escalation) -> Words:
    """How the ladder of a case stands."""
    at = standing.snoozed_until or standing.acknowledged_at
    return Words("case.escalation", {"state": str(standing.state), "name": standing.name, "step": standing.step, "at": at})


def _tag_buttons(view: View) -> tuple[Button, ...]:
    shown = [tag for tag in view.tags if tag.is_set or (tag.is_set is None and tag.confidence is not None)][:WORTH_A_BUTTON]
    number = view.case.id
    tags = tuple(
        Button(
            "tag",
            Words("button.tag", {"label": tag_label(view.flow, tag.tag), "set": bool(tag.is_set)}),
            f"{number}:{tag.tag}",
            pressed=bool(tag.is_set),
        )
        for tag in shown
    )
    return (*tags, Button("more_tags", Words("button.more_tags"), f"{number}"))


def _is_waited_for(view: View) -> bool:
    """Somebody is called, and nobody has it."""
    return view.standing is not None and view.standing.state in (Climbing.CLIMBING, Climbing.UNANSWERED)


def _act_buttons(view: View, *, hidden: bool, url: str | None) -> tuple[Button, ...]:
    """What is done first."""
    number = str(view.case.id)
    if view.case.status == Status.CLOSED:
        buttons = [_act("reopen", number)]
    else:
        buttons = [*_yes_buttons(view), *reply_buttons(view.case, view.mentions), _act("close", number)]
    if hidden:
        buttons.append(_act("reveal", number))
        buttons += hide_buttons(view.case.id, view.mentions[0])
    if url:
        buttons.append(Button("open_original", Words("button.open_original"), number, url=url))
    return tuple(buttons)


def _yes_buttons(view: View) -> tuple[Button, ...]:
    """One of them, so that nobody has to choose between two ways to say yes."""
    number = str(view.case.id)
    if _is_waited_for(view):
        return (Button("acknowledge", Words("button.acknowledge", {"number": 0}), number, Style.DANGER),)
    return (Button("claim", Words("button.claim"), number, Style.PRIMARY),) if view.case.owner_id is None else ()


def _hand_buttons(view: View) -> tuple[Button, ...]:
    """Into whose hands it comes."""
    case, number = view.case, str(view.case.id)
    if case.status == Status.CLOSED:
        return ()
    mine = [_act("take_over", number)] if case.owner_id is not None else [_act("claim", number)] if _is_waited_for(view) else []
    ways = ("reassign", "snooze") if by_no_person(view.mentions) else ("reassign", "snooze", "handover")
    return (*mine, *(_act(name, number) for name in ways))


def _more_buttons(view: View) -> tuple[Button, ...]:
    """What is rarer: a menu where a workspace has one."""
    number, there = str(view.case.id), "ordinary" if view.case.crisis else "crisis"
    move = Button("move", Words(f"button.{there}"), f"{number}:{there}")
    like_this = [Button("like_this", Words("button.like_this", {"count": view.like_this}), number)] if view.like_this else []
    return (_act("note", number), move, _act("kind", number), _act("link", number), *like_this)


def _act(name: str, number: str) -> Button:
    return Button(name, Words(f"button.{name}"), number)


def mention_card(mention: Any) -> Card:
    """A later message of the customer, for the case's thread."""
    return Card(
        title=Words("case.wrote_again", {"at": mention.posted_at}),
        body=(CustomerText(mention.newest_text or mention.text), *_changes(mention)),
        small=files_words(mention.attachments),
        buttons=(buttons,) if (buttons := hide_buttons(mention.case_id, mention)) else (),
    )


def note_card(note: Any) -> Card:
    return Card(title=Words("case.note", {"name": note.name}), body=(Words("plain.text", {"text": note.text}),))


def pointer_card(case: Case) -> Card:
    """What stays where a case was shown before it moved."""
    return Card(title=Words("case.moved", {"number": case.id, "crisis": case.crisis}))


def erased_card(case: Case) -> Card:
    """What stays of a case whose customer's data was erased."""
    return Card(title=Words("case.erased", {"number": case.id, "at": case.erased_at}))


def waiting_card(count: int, gravest: int) -> Card:
    """Stands for the low cases of a lane that could not all be posted in time."""
    facts = {"count": count, "severity": Severity(gravest).word}
    return Card(title=Words("case.waiting", facts), small=(Words("case.waiting_how"),))


def tags_form(view: View) -> Form:
    chosen = tuple(tag.tag for tag in view.tags if tag.is_set)
    options = tuple(Option(name, Words("plain.label", {"label": Label(tag.label)})) for name, tag in view.flow.tags.items())
    field = Field("tags", Words("form.tags"), FieldKind.CHOICES, options, chosen, optional=True)
    return Form("choose_tags", Words("form.tags_title", {"number": view.case.id}), Words("form.save"), (field,), str(view.case.id))


def note_form(case_id: int) -> Form:
    field = Field("text", Words("form.note"), FieldKind.LONG)
    return Form(
        "note", Words("form.note_title", {"number": case_id}), Words("form.save"), (field,), str(case_id), (Words("form.note_intro"),)
    )


def kind_form(case: Case) -> Form:
    options = tuple(Option(kind, Words("kind.word", {"kind": kind})) for kind in KINDS)
    field = Field("kind", Words("form.kind"), FieldKind.CHOICE, options, (case.kind,))
    return Form("kind", Words("form.kind_title", {"number": case.id}), Words("form.save"), (field,), str(case.id))


def link_form(case: Case) -> Form:
    networks = tuple(Option(name, Words("case.network", {"network": name})) for name in LINKABLE)
    fields = (
        Field("network", Words("form.link_network"), FieldKind.CHOICE, networks, (case.network,)),
        Field("account", Words("form.link_account"), most=200),
    )
    return Form(
        "link", Words("form.link_title", {"number": case.id}), Words("form.save"), fields, str(case.id), (Words("form.link_intro"),)
    )


def log_form(text: str = "") -> Form:
    """What came by phone, letter or in person, or a message of the workspace that should be a case."""
    ways = tuple(Option(way, Words("way.word", {"way": way})) for way in ("phone", "letter", "in_person", "other"))
    return Form(
        "log",
        Words("form.log_title"),
        Words("form.log_submit"),
        (
            Field("way", Words("form.log_way"), FieldKind.CHOICE, ways, ("phone",)),
            Field("name", Words("form.log_name"), most=200),
            Field("reach_at", Words("form.log_reach_at"), optional=True, most=200),
            Field("text", Words("form.log_text"), FieldKind.LONG, initial=(text,) if text else ()),
        ),
    )
