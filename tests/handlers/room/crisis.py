"""What the tests of the room share: a house with a crisis open and the people who lead it, and what was queued for whom."""

from dataclasses import dataclass

import sqlalchemy as sa

from handlers.ports import Who
from storage import crises, deadlines, facts, people, tables, timeline
from storage.crises import Crisis
from tests.builders import TestHouse


@dataclass
class Led:
    """People by their role; each has a Slack account U_ROLE."""

    house: TestHouse
    crisis: Crisis
    people: dict[str, Who]

    def __getattr__(self, role: str) -> Who:
        return self.people[role]

    @property
    def store(self):
        return self.house.store

    async def told(self, *names: str, lane: str = "") -> list[tuple[str, str]]:
        """(lane, message) of what was queued as words, oldest first; only these messages if any is named."""
        c = tables.outbox.c
        async with self.store.read() as work:
            rows = (await work.execute(sa.select(c.lane, c.facts).where(c.kind == "words").order_by(c.id))).all()
        said = [(row.lane, row.facts["name"]) for row in rows]
        return [one for one in said if (not names or one[1] in names) and lane in one[0]]

    async def facts_of(self, name: str) -> list[dict[str, object]]:
        """The facts of each queued message of a name, oldest first."""
        c = tables.outbox.c
        async with self.store.read() as work:
            rows = (await work.execute(sa.select(c.facts).where(c.kind == "words").order_by(c.id))).scalars()
            return [row["facts"] for row in rows if row["name"] == name]

    async def acts(self, case: int | None = None) -> list[str]:
        """What stands on the crisis's chain, or on a case's, after its opening."""
        async with self.store.read() as work:
            chain = f"crisis:{self.crisis.id}" if case is None else f"case:{case}"
            return [link.act for link in await timeline.of_chain(work, chain)][1:]

    async def now(self) -> Crisis:
        async with self.store.read() as work:
            found = await crises.current(work)
        assert found
        return found

    async def known(self) -> list[facts.Fact]:
        async with self.store.read() as work:
            return await facts.of_crisis(work, self.crisis.id)

    async def clock(self, key: str) -> deadlines.Deadline | None:
        async with self.store.read() as work:
            return await deadlines.get(work, key)

    async def name(self, role: str) -> str:
        async with self.store.read() as work:
            person = await people.by_id(work, int(self.people[role].external_id))
        assert person
        return person.name


ROLES = ("agent", "lead", "legal", "manager", "marketing", "dpo", "security", "press_officer")


async def led(house: TestHouse) -> Led:
    known = {role: await house.person(f"The {role}", role, slack_id=f"U_{role}") for role in ROLES}
    known["manager2"] = await house.person("Second manager", "manager", slack_id="U_manager2")
    crisis = await house.crises.open(known["manager"], "Breach")
    return Led(house, crisis, known)
