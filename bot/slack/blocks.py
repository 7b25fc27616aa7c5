"""Card → Block Kit: pure, and within Slack's limits whatever the card holds."""

import json
from collections.abc import Sequence
from itertools import groupby
from urllib.parse import urlsplit

from bot.slack.markup import Json, mrkdwn, plain_text, quoted, rich
from bot.voice import bare, calm, calm_words, cut, one_line
from handlers.ports import Button, Card, CustomerText, Style, Words

# A colour and a shape; the word itself stands in the card.
SEVERITIES = {"critical": "🟥 ", "high": "🟧 ", "normal": "🟨 ", "low": "⬜ "}
MARKS = {**SEVERITIES, "alarm": "🚨 "}
TITLE, SENTENCE, QUOTE, OURS, SMALL, LABEL, NOTICE = 300, 9000, 3000, 20_000, 2900, 75, 300
CUT = 300  # characters kept for saying that there is more than fits
VALUE, ID, URL, IN_A_ROW, PARTS = 2000, 255, 3000, 25, 60
GROUPS, BLOCK = 30, 50  # of a card's lines; characters that a block itself takes
APART = "draft"  # a topic whose every message is one by itself: the text, what changed in it, what was found
AS_WRITTEN = ("draft.text", "statement.text", "plain.text")  # texts of several lines
CHOICE, CHOICES = 150, 5  # of a menu
SHOWN_ROWS = 3  # of buttons; of a later row of nothing but plain ones the last are folded into a menu
BUTTONS_TOGETHER, TOGETHER = 6000, 12_000  # characters as JSON; beyond 13,200 Slack answers msg_blocks_too_long


def card_blocks(card: Card, language: str) -> list[Json]:
    """The blocks of a message. What does not fit is cut, the customer's words last of all but never silently."""
    head = [_rich_text([_section(_title(card, language))])]
    tail = [*_small(card.small, language), *_rows(card.buttons, language)]
    groups = [_body(group, language) for group in _groups(card.body[:PARTS])]
    return [*head, *_within(groups, TOGETHER - _size(head) - _size(tail), language), *tail]


def notice(card: Card, language: str) -> str:
    """What a locked screen may show: number, severity and network of a case, never a customer's words or name."""
    facts = card.title.facts
    if card.title.name == "case.title" and card.tone in SEVERITIES:
        shown = {"number": facts["number"], "severity": card.tone, "network": facts["network"]}
        return mrkdwn(Words("command.notice", shown), language, NOTICE)
    if card.title.name == "case.title" or any(isinstance(fact, CustomerText) for fact in facts.values()):
        return mrkdwn(Words("command.silent_notice"), language)
    return mrkdwn(card.title, language, NOTICE) or "-"


def _title(card: Card, language: str) -> list[Json]:
    mark = MARKS.get(card.tone)
    before = [{"type": "text", "text": mark}] if mark else []
    if not (card.body or card.small or card.buttons) and card.tone == "plain":
        return [*before, *rich(card.title, language, SENTENCE, calm_words)]  # a sentence is no heading
    said = [*before, *rich(card.title, language, TITLE, calm)]
    return [{**element, "style": {"bold": True}} if element["type"] == "text" else element for element in said]


def button(one: Button, language: str, action_id: str) -> Json:
    label = plain_text(one.label, language, LABEL)
    style = Style.PRIMARY if one.pressed and one.style is Style.PLAIN else one.style
    return {
        "type": "button",
        "action_id": action_id,
        "text": label,
        **({"value": one.ids[:VALUE]} if one.ids else {}),
        **({"style": str(style)} if style is not Style.PLAIN else {}),
        **({"confirm": _confirm(one.confirm, one.label, language)} if one.confirm else {}),
        **({"url": _address(one.url)} if one.url else {}),
    }


def _confirm(question: Words, act: Words, language: str) -> Json:
    return {
        "title": plain_text(act, language, 100),
        "text": plain_text(question, language, 300),
        "confirm": plain_text(act, language, 30),
        "deny": plain_text(Words("form.cancel"), language, 30),
    }


def _rows(rows: Sequence[Sequence[Button]], language: str) -> list[Json]:
    """Rows of buttons; one that would break a limit, or leads to no web address, is left out."""
    used: set[str] = set()
    shown: list[list[Json]] = []
    left = BUTTONS_TOGETHER
    for number, row in enumerate(rows):
        folded = number >= SHOWN_ROWS and _can_be_folded(row) and bool(shown) and len(shown[-1]) + len(row) <= IN_A_ROW
        apart, menu = (row[:-CHOICES], [_menu(row[-CHOICES:], number, language)]) if folded else (row, [])
        elements = []
        for made in (*(button(one, language, _action_id(one, used)) for one in apart if _leads(one)), *menu):
            if _size(made) <= left:
                elements.append(made)
                left -= _size(made)
        if folded:
            shown[-1] += elements
        else:
            shown += [elements[at : at + IN_A_ROW] for at in range(0, len(elements), IN_A_ROW)]
    return [{"type": "actions", "block_id": f"buttons:{at}", "elements": elements} for at, elements in enumerate(shown)]


def _leads(one: Button) -> bool:
    return one.url is None or _address(one.url) is not None


def _can_be_folded(row: Sequence[Button]) -> bool:
    """Two buttons need no menu. In one nothing is pressed, asks again or leads away; its choices carry act and ids."""
    plain = all(one.style is Style.PLAIN and not (one.pressed or one.confirm or one.url) for one in row)
    return plain and len(row) > 2 and all(len(_choice(one)) <= CHOICE for one in row)


def _menu(row: Sequence[Button], number: int, language: str) -> Json:
    options = [{"text": plain_text(one.label, language, LABEL), "value": _choice(one)} for one in row]
    return {"type": "overflow", "action_id": f"more:{number}", "options": options}


def _choice(one: Button) -> str:
    return f"{one.act}:{one.ids}"


def _action_id(one: Button, used: set[str]) -> str:
    """Unique within its message, as Slack demands; what the button is about stands in its value."""
    base = f"{one.act}:{one.ids}"[: ID - 8]
    unique = base if base not in used else f"{base}~{len(used)}"
    used.add(unique)
    return unique


def _address(url: str | None) -> str | None:
    """A web address as Slack takes it; None for anything else."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    whole = parts.geturl()
    fits = parts.scheme in ("http", "https") and bool(parts.netloc) and whole.isprintable() and len(whole) <= URL
    return whole if fits else None


def _groups(body: Sequence[Words | CustomerText]) -> list[list[Words | CustomerText]]:
    """Lines on one topic stand together, each topic apart from the next."""
    groups = [list(lines) for _, lines in groupby(body, _topic)]
    rest = [line for group in groups[GROUPS:] for line in group]
    return [*groups[:GROUPS], *([rest] if rest else [])]


def _topic(line: Words | CustomerText) -> str:
    """What somebody wrote is a topic of its own."""
    if isinstance(line, CustomerText):
        return ""
    topic, _, _ = line.name.partition(".")
    return line.name if topic == APART else topic


def _body(group: Sequence[Words | CustomerText], language: str) -> list[Json]:
    parts = []
    for one in group:
        if isinstance(one, CustomerText):
            kind, elements = "rich_text_quote", quoted(one, QUOTE)
        else:
            kind, elements = "rich_text_section", rich(one, language, OURS, bare if one.name in AS_WRITTEN else one_line)
        if elements:
            parts.append({"type": kind, "elements": elements})
    return parts


def _within(groups: Sequence[list[Json]], room: int, language: str) -> list[Json]:
    """As much as fits, a block for each group. Nobody must take what they see for the whole when it is not."""
    blocks: list[Json] = []
    room -= CUT
    for parts in groups:
        kept: list[Json] = []
        for part in parts:
            if _size(part) > room:
                more = _section(rich(Words("command.cut"), language, CUT))
                return [*blocks, _rich_text([*kept, *_shortened(part, room), more])]
            room -= _size(part)
            kept.append(part)
        if kept:
            room -= BLOCK
            blocks.append(_rich_text(kept))
    return blocks


def _shortened(part: Json, room: int) -> list[Json]:
    """The part with its last text cut, if anything worth reading of it fits."""
    last = part["elements"][-1]
    over = _size(part) - room
    if last["type"] != "text" or len(last["text"]) - over < CUT:
        return []
    return [{**part, "elements": [*part["elements"][:-1], {**last, "text": cut(last["text"], len(last["text"]) - over)}]}]


def _small(lines: Sequence[Words], language: str) -> list[Json]:
    text, room = "", SMALL
    for line in lines:
        said = mrkdwn(line, language, min(room, 1000))
        if not said or len(said) + 1 > room:
            continue
        text += ("\n" if text else "") + said
        room -= len(said) + 1
        if room < 2:
            break
    # verbatim: Slack turns nothing in it into links by itself
    return [{"type": "context", "elements": [{"type": "mrkdwn", "text": text, "verbatim": True}]}] if text else []


def _section(elements: list[Json]) -> Json:
    return {"type": "rich_text_section", "elements": elements or [{"type": "text", "text": "-"}]}


def _rich_text(parts: list[Json]) -> Json:
    return {"type": "rich_text", "elements": parts}


def _size(value: object) -> int:
    return len(json.dumps(value, ensure_ascii=False))
