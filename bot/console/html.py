"""Cards and forms as plain values for a page: pure. Escaping is the page's own, which trusts no value."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.voice import speak
from handlers.customer_text import plain
from handlers.ports import Button, Card, CustomerText, Field, Form, Words
from templates import say

TEXT_MOST = 10_000
EXCERPT_MOST = 220


@dataclass(frozen=True)
class Tongue:
    """How to speak to one reader: language, time zone, and what they call now."""

    language: str
    zone: ZoneInfo
    now: datetime

    def say(self, name: str, /, **facts: object) -> str:
        """A macro of the console's own words, such as `queue_title`."""
        return say(f"console.{name}", self.language, **facts)

    def said(self, name: str, /, **facts: object) -> str:
        return say(name, self.language, **facts)

    def speak(self, words: Words) -> str:
        return speak(words, self.language, str, self.moment)

    def moment(self, at: datetime) -> str:
        """Today the time alone; on other days the date too."""
        here, today = at.astimezone(self.zone), self.now.astimezone(self.zone)
        facts = {"day": here.day, "month": here.month, "year": here.year, "time": f"{here:%H:%M}"}
        return self.say("moment", **facts, is_today=here.date() == today.date(), is_this_year=here.year == today.year)

    def wait(self, since: datetime) -> str:
        """How long something waits, in its greatest unit."""
        minutes = max(0, int((self.now - since).total_seconds() // 60))
        return self.say("wait", minutes=minutes, hours=minutes // 60, days=minutes // 1440)

    def quote(self, text: CustomerText, most: int = TEXT_MOST) -> str:
        return plain(text, most)


def card_values(card: Card, tongue: Tongue, link: Callable[[Button], str | None] = lambda _: None) -> dict[str, Any]:
    """`link` gives the address behind a button that opens something; None for one that acts."""
    return {
        "title": tongue.speak(card.title),
        "tone": card.tone,
        "body": [_part(part, tongue) for part in card.body],
        "small": [tongue.speak(words) for words in card.small],
        "rows": [[button_values(button, tongue, link(button)) for button in row] for row in card.buttons if row],
    }


def _part(part: Words | CustomerText, tongue: Tongue) -> dict[str, str]:
    if isinstance(part, CustomerText):
        return {"kind": "quote", "name": "", "text": tongue.quote(part)}
    return {"kind": "line", "name": part.name, "text": tongue.speak(part)}


def button_values(button: Button, tongue: Tongue, href: str | None) -> dict[str, Any]:
    outside = button.url if button.url and button.url.startswith(("https://", "http://")) else None
    return {
        "act": button.act,
        "ids": button.ids,
        "label": tongue.speak(button.label),
        "style": str(button.style),
        "pressed": button.pressed,
        "toggles": button.act == "tag",
        "confirm": tongue.speak(button.confirm) if button.confirm else "",
        "href": outside or href,
        "outside": outside is not None,
    }


def form_values(form: Form, tongue: Tongue, given: Mapping[str, list[str]] | None = None) -> dict[str, Any]:
    """`given` is what was typed before an answer was refused: it stands in the fields again."""
    return {
        "name": form.name,
        "ids": form.ids,
        "title": tongue.speak(form.title),
        "submit": tongue.speak(form.submit),
        "intro": [_part(part, tongue) for part in form.intro],
        "fields": [_field(field, tongue, (given or {}).get(field.name)) for field in form.fields],
    }


def _field(field: Field, tongue: Tongue, given: list[str] | None) -> dict[str, Any]:
    chosen = tuple(given) if given is not None else field.initial
    return {
        "name": field.name,
        "label": tongue.speak(field.label),
        "kind": str(field.kind),
        "options": [{"value": one.value, "label": tongue.speak(one.label), "chosen": one.value in chosen} for one in field.options],
        "value": chosen[0] if chosen else "",
        "optional": field.optional,
        "most": field.most,
        "refills": field.refills,
    }
