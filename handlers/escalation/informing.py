"""Tells one colleague something that asks for no acknowledgement: directly where a workspace knows them, else by another way."""

from handlers.escalation.bells import DIRECT, EMAIL, WEBHOOK, Bells
from handlers.ports import Words
from storage import outbox
from storage.database import Work
from storage.outbox import Wish
from storage.people import Person


async def inform(work: Work, bells: Bells, person: Person, words: Words, severity: int) -> None:
    """Facts must be plain values, as they are kept until it leaves."""
    for way in (DIRECT, EMAIL, WEBHOOK):
        found = [] if bells.none else bells.of(person, way)
        facts = {"name": words.name, "facts": dict(words.facts), "tone": "plain", "person": person.id}
        await outbox.put(work, [Wish(one.way, f"{one.way}:{one.address}", "post", "words", severity, facts=facts) for one in found])
        if found:
            return
