"""Card → Block Kit: pure, and within Slack's limits whatever the card holds."""

import json
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from bot.slack.markup import Json, calm, mrkdwn, plain_text, quoted, rich
from handlers.ports import Button, Card, CustomerText, Style, Words

# A colour and a shape; the word itself stands in the card.
SEVERITIES = {"critical": "🟥 ", "high": "🟧 ", "normal": "🟨 ", "low": "⬜ "}
MARKS = {**SEVERITIES, "alarm": "🚨 "}
TITLE, QUOTE, SMALL, LABEL, NOTICE = 300, 3000, 2900, 75, 300
VALUE, ID, URL, IN_A_ROW, PARTS = 2000, 255, 3000, 25, 60
BUTTONS_TOGETHER, TOGETHER = 6000, 12_000  # characters as JSON; beyond 13,200 Slack answers msg_blocks_too_long


def card_blocks(card: Card, language: str) -> list[Json]:
    """The blocks of a message. What does not fit is cut, the customer's words last of all but never silently."""
    head = [_rich_text([_section(_title(card, language))])]
    tail = [*_small(card.small, language), *_rows(card.buttons, language)]
    parts = _within(_body(card.body, language), TOGETHER - _size(head) - _size(tail))
    return [*head, *([_rich_text(parts)] if parts else []), *tail]


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
    said = [*([{"type": "text", "text": mark}] if mark else []), *rich(card.title, language, TITLE, calm)]
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
    blocks: list[Json] = []
    left = BUTTONS_TOGETHER
    for row in rows:
        shown = []
        for one in row:
            made = button(one, language, _action_id(one, used))
            if (one.url is None or _address(one.url)) and _size(made) <= left:
                shown.append(made)
                left -= _size(made)
        for at in range(0, len(shown), IN_A_ROW):
            blocks.append({"type": "actions", "block_id": f"buttons:{len(blocks)}", "elements": shown[at : at + IN_A_ROW]})
    return blocks


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


def _body(body: Sequence[Words | CustomerText], language: str) -> Iterator[Json]:
    for one in body[:PARTS]:
        if isinstance(one, CustomerText):
            kind, elements = "rich_text_quote", quoted(one, QUOTE)
        else:
            kind, elements = "rich_text_section", rich(one, language, QUOTE)
        if elements:
            yield {"type": kind, "elements": elements}


def _within(parts: Iterator[Json], room: int) -> list[Json]:
    kept = []
    for part in parts:
        room -= _size(part)
        if room < 0:
            kept.append(_section([{"type": "text", "text": "…"}]))
            break
        kept.append(part)
    return kept


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
