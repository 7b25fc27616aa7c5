"""Looks for messages by their words, for a person who asked: short masked quotes, each with the case that it belongs to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flows.flow import Flow
from handlers.acts import Act, admit
from handlers.customer_text import keepable, plain
from handlers.errors import NoSuchTag
from handlers.insight.seeking import Sought, read
from handlers.moments import read_moment
from handlers.ports import Button, Card, CustomerText, Label, Who, Words
from storage.database import Store, Work
from storage.insight import finding
from storage.insight.finding import Asked, Hit, Phrase
from storage.people import Person

SHOWN = 10
BEFORE, LONG = 60, 180  # characters of a quote
WHOLE = 20_000
OPENS = "show_case"


@dataclass(frozen=True)
class Quote:
    """A piece of one message, around what was looked for; `ours`: we wrote it."""

    number: int
    network: str
    at: datetime
    ours: bool
    text: CustomerText


@dataclass(frozen=True)
class Found:
    """The newest. `back_to`: there was no time to look further back than this."""

    sought: Sought
    quotes: tuple[Quote, ...] = ()
    back_to: datetime | None = None


@dataclass(frozen=True)
class Finding:
    store: Store
    flow: Flow

    async def find(self, who: Who, typed: Sequence[str]) -> Found:
        """Raises NoSuchTag, and BadInput for a time that nobody can read."""
        sought = read([keepable(one) for one in typed])
        async with self.store.read() as work:
            person = await admit(work, who, Act.SEE)
            phrases = tuple(one for one in map(finding.phrase, sought.words) if one)
            if not sought.is_anything or (sought.words and not phrases):
                return Found(sought)
            found = await finding.find(work, await self._asked(work, person, sought, phrases), SHOWN)
        return Found(sought, tuple(_quote(hit, phrases) for hit in found.hits), found.back_to)

    async def _asked(self, work: Work, person: Person, sought: Sought, phrases: tuple[Phrase, ...]) -> Asked:
        since = read_moment(sought.since, person.timezone, await work.now(), past=True) if sought.since else None
        return Asked(phrases, sought.network, self._tag(sought.tag), sought.handle, since)

    def _tag(self, said: str) -> str:
        """By its name or by its label in any language."""
        names = {name.casefold(): name for name in self.flow.tags}
        labels = {label.casefold(): name for name, tag in self.flow.tags.items() for label in tag.label.values()}
        found = names.get(said.casefold()) or labels.get(said.casefold())
        if said and not found:
            raise NoSuchTag(tag=said[:60])
        return found or ""


def _quote(hit: Hit, phrases: Sequence[Phrase]) -> Quote:
    return Quote(hit.case_id, hit.network, hit.at, hit.ours, CustomerText(excerpt(hit.text, [one.words[0] for one in phrases])))


def excerpt(text: str, words: Sequence[str] = ()) -> str:
    """A piece around the first of the words that is there. Masked before it is cut: half a number would not be known for one."""
    shown = " ".join(plain(CustomerText(text), WHOLE).split())
    folded = finding.folded(shown)
    places = [place for place in map(folded.find, words) if place >= 0]
    begin = max(0, min(places, default=0) - BEFORE)
    begin = shown.find(" ", begin) + 1 if begin else 0
    piece = shown[begin : begin + LONG]
    if begin + LONG < len(shown):
        piece = piece.rpartition(" ")[0] or piece
    return ("… " if begin else "") + piece + (" …" if begin + len(piece) < len(shown) else "")


def found_card(found: Found, flow: Flow) -> Card:
    """Ten quotes at most; each case opens by its button."""
    if not found.sought.is_anything:
        return Card(Words("find.how"), (Words("find.grammar"),))
    sought = found.sought
    tag = flow.tags.get(sought.tag)
    facts = {"words": " ".join(sought.words), "network": sought.network, "handle": sought.handle, "since": sought.since}
    title = Words("find.title", {**facts, "tag": Label(tag.label) if tag else sought.tag, "count": len(found.quotes), "most": SHOWN})
    body = [part for quote in found.quotes for part in (_line(quote), quote.text)]
    opens = tuple(
        Button(OPENS, Words("find.open", {"number": number}), str(number)) for number in dict.fromkeys(one.number for one in found.quotes)
    )
    small = (Words("find.back_to", {"at": found.back_to}),) if found.back_to else ()
    return Card(title, tuple(body), small, buttons=(opens,) if opens else ())


def _line(quote: Quote) -> Words:
    return Words("find.line", {"number": quote.number, "network": quote.network, "at": quote.at, "ours": quote.ours})
