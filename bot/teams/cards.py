"""Card → Adaptive Card 1.5: pure, and within what Teams takes whatever the card holds."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from bot.teams.actions import confirmed, rows, size
from bot.teams.markup import Accounts, Json, Line, plain_words, quoted, rich
from bot.voice import bare, calm, calm_words, cut, one_line
from handlers.ports import Card, CustomerText, Words

# A colour and a shape; the word itself stands in the card.
SEVERITIES = {"critical": "🟥 ", "high": "🟧 ", "normal": "🟨 ", "low": "⬜ "}
MARKS = {**SEVERITIES, "alarm": "🚨 "}
TITLE, SENTENCE, QUOTE, OURS, SMALL, NOTICE = 300, 9000, 3000, 20_000, 2900, 300
# Bytes as UTF-16 of what is shown: the least that is told of any way into Teams. With the people of `refresh` it stays under 40 KB, which
# was the limit of a bot's whole message before 100 KB (https://learn.microsoft.com/microsoftteams/platform/bots/how-to/format-your-bot-messages).
TOGETHER = 28 * 1024
CUT = 600  # bytes kept for saying that there is more than fits, and the least of a text that is worth its place
PARTS, LINES = 60, 30  # of a card's body; of its small lines
BROAD = 160  # characters of a line
APART = "draft"  # a topic whose every message is one by itself: the text, what changed in it, what was found
AS_WRITTEN = ("draft.text", "statement.text", "plain.text")  # texts of several lines
VERSION, SCHEMA = "1.5", "http://adaptivecards.io/schemas/adaptive-card.json"
ADAPTIVE = "application/vnd.microsoft.card.adaptive"
REFRESH, WATCHING = "refresh", 60  # for so many people is a card asked for anew when they see it
CARRIES = "token:"  # how the id of a card's first element begins
CLOSE, NEAR, APART_BY = {"spacing": "none"}, {"spacing": "small"}, {"spacing": "medium"}
Part = Line | str  # of a body: a line of ours, or a customer's words


def card_content(
    card: Card, language: str, *, accounts: Accounts | None = None, in_dialog: bool = False, token: str = "", refresh: Sequence[str] = ()
) -> Json:
    """What does not fit is cut, the customer's words last of all but never silently. `accounts`: account in Entra → the id that Teams
    calls people by. `in_dialog`: as a window shows it. `token` stands in it unseen; for those of `refresh` it is asked for anew when seen.
    """
    shown = _Shown(card, language, accounts or {})
    buttons = rows(card.buttons, language, in_dialog=in_dialog)
    head, small = shown.title(token), shown.small()
    body = shown.within(TOGETHER - size([head, *small, *buttons]) - CUT)
    return content([head, *body, *small, *buttons], language, broad=shown.is_broad(), mentions=shown.mentions(), **_watched(card, refresh))


def card_message(card: Card, language: str, *, token: str = "", refresh: Sequence[str] = (), accounts: Accounts | None = None) -> Json:
    """What a message carries: the card, and what a notification says of it."""
    shown = card_content(card, language, accounts=accounts, token=token, refresh=refresh)
    return {"summary": notice(card, language), "attachments": [{"contentType": ADAPTIVE, "content": shown}]}


def content(body: Sequence[Json], language: str, *, broad: bool = False, mentions: Sequence[Json] = (), **more: Json | list[Json]) -> Json:
    """`broad`: as wide as the channel. `lang` is what Teams writes moments in."""
    ours = {**({"width": "Full"} if broad else {}), **({"entities": list(mentions)} if mentions else {})}
    whole = {"type": "AdaptiveCard", "$schema": SCHEMA, "version": VERSION, "lang": language, "body": list(body), **more}
    return {**whole, **({"msteams": ours} if ours else {})}


def words_content(title: Words, body: Sequence[Words], language: str) -> Json:
    """For a window that only says something: its title stands above it already."""
    said = [Line.of(words, language, calm_words).cut(SENTENCE) for words in body]
    text = f"{plain_words(title, language, TITLE)}: {' '.join(plain_words(words, language, SENTENCE) for words in body)}"
    return {**content([line.element({}, {}, {}) for line in said], language), "fallbackText": text}


def confirm_content(data: Mapping[str, Any], language: str, origin: Mapping[str, str]) -> Json | None:
    """The window that asks whether what a button's data names is really meant; None where nothing needs to be asked.

    What it is submitted with has `act`, `ids` and `origin`, and asks no more.
    """
    asked = confirmed(data, origin)
    if asked is None:
        return None
    question, button = asked
    return content([rich(cut(question, SENTENCE), {}, {})], language, actions=[button])


def notice(card: Card, language: str) -> str:
    """What a locked screen may show: number, severity and network of a case, never a customer's words or name."""
    facts = card.title.facts
    if card.title.name == "case.title" and card.tone in SEVERITIES:
        shown = {"number": facts["number"], "severity": card.tone, "network": facts["network"]}
        return plain_words(Words("command.notice", shown), language, NOTICE)
    if card.title.name == "case.title" or any(isinstance(fact, CustomerText) for fact in facts.values()):
        return plain_words(Words("command.silent_notice"), language, NOTICE)
    return plain_words(card.title, language, NOTICE)


def token_of(card: object) -> str | None:
    """The token that a card of ours carries, whether it comes as JSON or as its text (as Microsoft Graph gives attachments)."""
    try:
        read = json.loads(card) if isinstance(card, str) else card
    except ValueError:
        return None
    body = read.get("body") if isinstance(read, dict) else None
    first = body[0] if isinstance(body, list) and body and isinstance(body[0], dict) else {}
    found = str(first.get("id") or "")
    return found.removeprefix(CARRIES) if found.startswith(CARRIES) else None


def _watched(card: Card, people: Sequence[str]) -> dict[str, Json]:
    """What asks for the card as it stands, told by what can be done on it."""
    acts = [one for row in card.buttons for one in row if not one.url]
    if not people or not acts:
        return {}
    action = {"type": "Action.Execute", "verb": REFRESH, "data": {"act": acts[0].act, "ids": acts[0].ids[:200]}}
    return {"refresh": {"type": "Refresh", "action": action, "userIds": list(people[:WATCHING])}}


@dataclass(frozen=True)
class _Shown:
    """A card in one language."""

    card: Card
    language: str
    accounts: Accounts

    def title(self, token: str) -> Json:
        line, mark = self._title(), MARKS.get(self.card.tone)
        marked = Line((mark, *line.pieces)) if mark else line
        style = {} if self._is_a_sentence() else {"weight": "bolder", "size": "medium"}
        return marked.element(self.accounts, style, {"id": f"{CARRIES}{token}"} if token else {})

    def _is_a_sentence(self) -> bool:
        """It says all, so it is no heading."""
        card = self.card
        return not (card.body or card.small or card.buttons) and card.tone == "plain"

    def _title(self) -> Line:
        most, escape = (SENTENCE, calm_words) if self._is_a_sentence() else (TITLE, calm)
        return Line.of(self.card.title, self.language, escape).cut(most)

    def small(self) -> list[Json]:
        elements: list[Json] = []
        room = SMALL
        for line in self._small():
            if len(line) > room:
                continue
            room -= len(line)
            elements.append(line.element(self.accounts, {"size": "small", "isSubtle": True}, CLOSE if elements else APART_BY))
        return elements

    def _small(self) -> list[Line]:
        lines = (Line.of(words, self.language, calm) for words in self.card.small[:LINES])
        return [line for line in lines if len(line)]

    def groups(self) -> list[list[Part]]:
        """Lines on one topic stand together, each topic apart from the next."""
        groups = ([self._part(one) for one in lines] for _, lines in groupby(self.card.body[:PARTS], _topic))
        return [found for group in groups if (found := [part for part in group if len(part)])]

    def _part(self, one: Words | CustomerText) -> Part:
        if isinstance(one, CustomerText):
            return quoted(one, QUOTE)
        return Line.of(one, self.language, bare if one.name in AS_WRITTEN else one_line).cut(OURS)

    def within(self, room: int) -> list[Json]:
        """As much as fits. Nobody must take what they see for the whole when it is not."""
        shown: list[Json] = []
        for group in self.groups():
            for number, part in enumerate(group):
                element = self._element(part, NEAR if number else APART_BY)
                if size(element) > room:
                    more = Line.of(Words("command.cut"), self.language).element({}, {"isSubtle": True}, NEAR)
                    return [*shown, *self._shortened(part, room), more]
                room -= size(element)
                shown.append(element)
        return shown

    def _shortened(self, part: Part, room: int) -> list[Json]:
        """As much of the part as fits, if it is anything worth reading."""
        most = len(part)
        while room > CUT and most > 1:
            most = min(most - 1, most * room // (size(self._element(part, APART_BY)) + 1)) if most == len(part) else most * 9 // 10
            element = self._element(part.cut(most) if isinstance(part, Line) else cut(part, most), APART_BY)
            if size(element) <= room:
                return [element]
        return []

    def _element(self, part: Part, place: Mapping[str, object]) -> Json:
        if isinstance(part, Line):
            return part.element(self.accounts, {}, place)
        return {"type": "Container", "style": "emphasis", "items": [rich(part, {}, {})], **place}

    def mentions(self) -> list[Json]:
        """Once each: whoever has the name of another is named by it alone."""
        lines = [self._title(), *(part for group in self.groups() for part in group if isinstance(part, Line)), *self._small()]
        found = [mention for line in lines for mention in line.mentions(self.accounts)]
        return list({mention["text"]: mention for mention in reversed(found)}.values())[::-1]

    def is_broad(self) -> bool:
        """What would be a long narrow column otherwise."""
        parts = [part for group in self.groups() for part in group]
        return len(parts) > 4 or any(len(part) > BROAD for part in parts) or any(len(row) > 3 for row in self.card.buttons)


def _topic(line: Words | CustomerText) -> str:
    """What somebody wrote is a topic of its own."""
    if isinstance(line, CustomerText):
        return ""
    topic, _, _ = line.name.partition(".")
    return line.name if topic == APART else topic
