"""Who is on duty stays known: rotas are read anew, shared by replicas, and the last good one holds when that fails."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from flows.calendar_text import CalendarError
from flows.ladder import Whom
from flows.people import PeopleErrors
from flows.rota import Duty
from handlers.board import Board
from handlers.errors import Told
from handlers.escalation.replies import on_call_card
from handlers.escalation.rota_sources import CalendarAway, Sources
from handlers.escalation.rotas import EVERY, Rotas
from handlers.ticks import Ticks
from storage import health, people, rotas
from templates import LANGUAGES, say
from tests.builders import TestHouse, data_breach

SECRET = "https://calendar.example/private-4711/press.ics"
FILE = """people:
  - {name: Ana, roles: [lead], languages: [en], timezone: UTC}
  - {name: Bo, roles: [lead], languages: [en], timezone: UTC}
rotas:
  duty_lead: {timezone: UTC, order: [Ana, Bo], since: 2026-11-16, every: 7d, handover: 00:00}
"""


def calendar(*titles: str) -> str:
    """Each of them is on duty for the same days round the dial's."""
    events = [
        f"BEGIN:VEVENT\nUID:{number}\nDTSTART:20261101T000000Z\nDTEND:20261201T000000Z\nSUMMARY:{title}\nEND:VEVENT"
        for number, title in enumerate(titles)
    ]
    return "\n".join(["BEGIN:VCALENDAR", *events, "END:VCALENDAR", ""])


@dataclass
class Host:
    """Where the calendars stand: a text for each address, or why it cannot be had."""

    texts: dict[str, str | Exception] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def fetch(self, source: str) -> str:
        self.asked.append(source)
        answer = self.texts[source]
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
async def house(store):
    house = await TestHouse(store, data_breach(), Board({}), None).begin()
    house.ana = await house.person("Ana", "lead", "manager", email="ana@x.example")
    await house.person("Bo", "lead")
    return house


@pytest.fixture
def host() -> Host:
    return Host({SECRET: calendar("Ana on call")})


def read_by(house, host: Host, written: Callable[[], tuple[str, str] | None] = lambda: None, **calendars: str) -> Rotas:
    return Rotas(house.store, house.roster, Sources(written, calendars or {"duty_press": SECRET}, host.fetch))


async def fares(store, door: str = "rota:duty_press") -> tuple[str, str | None] | None:
    async with store.read() as work:
        found = {row.door: (row.state, row.reason) for row in await health.of_doors(work)}
    return found.get(door)


def on_duty(house, rota: str = "duty_press") -> str | None:
    return house.roster.on_duty(rota, house.store.dial())


async def test_the_rotas_beside_the_people_are_known_from_the_start(house, host):
    await read_by(house, host, lambda: ("people.yaml", FILE)).begin()
    assert on_duty(house, "duty_lead") == "Ana"
    assert host.asked == []


async def test_a_calendar_is_known_once_it_is_read(house, host):
    one = read_by(house, host)
    await one.begin()
    assert (on_duty(house), await fares(house.store)) == (None, ("well", None))
    await one.refresh()
    assert (on_duty(house), await fares(house.store)) == ("Ana", ("well", None))


async def test_an_outage_keeps_the_last_good_one_and_is_seen_until_it_is_over(house, host, dial):
    await (one := read_by(house, host)).refresh()
    host.texts[SECRET] = CalendarAway("http_503")
    dial.forward(minutes=5)
    await one.refresh()
    assert (on_duty(house), await fares(house.store)) == ("Ana", ("failing", "http_503"))
    card = on_call_card(await house.escalation.desk.on_call(house.ana))
    assert [words.facts["reason"] for words in card.small] == ["http_503"]
    host.texts[SECRET] = calendar("Bo")
    dial.forward(minutes=5)
    await one.refresh()
    assert (on_duty(house), await fares(house.store)) == ("Bo", ("well", None))
    assert on_call_card(await house.escalation.desk.on_call(house.ana)).small == ()


async def test_a_restart_without_network_still_knows_who_is_on_duty(house, host):
    await read_by(house, host).refresh()
    house.roster.rotas = {}
    host.texts[SECRET] = CalendarAway("no_connection")
    await read_by(house, host).begin()
    assert on_duty(house) == "Ana"


@pytest.mark.parametrize(
    "hostile",
    ["", "<html>sign in</html>", calendar("Bo")[:-20], calendar("Bo").replace("20261101T000000Z", "99991301T000000Z"), calendar("Bo") * 2],
)
async def test_a_calendar_that_cannot_be_read_replaces_nothing(house, host, dial, hostile):
    await (one := read_by(house, host)).refresh()
    host.texts[SECRET] = hostile
    dial.forward(minutes=5)
    await one.refresh()
    assert (on_duty(house), await fares(house.store)) == ("Ana", ("failing", "malformed"))


async def test_a_calendar_that_never_came_leaves_nobody_on_duty_and_says_so(house, host):
    host.texts[SECRET] = CalendarAway("http_404")
    await read_by(house, host).refresh()
    assert (on_duty(house), await fares(house.store)) == (None, ("failing", "http_404"))
    words = on_call_card(await house.escalation.desk.on_call(house.ana)).small[0]
    assert words.facts["at"] is None


async def test_another_calendar_under_the_same_name_does_not_live_on_what_the_first_said(house, host):
    await read_by(house, host).refresh()
    host.texts["other.ics"] = CalendarAway("no_file")
    await read_by(house, host, duty_press="other.ics").refresh()
    assert (on_duty(house), await fares(house.store)) == (None, ("failing", "no_file"))


async def test_a_second_process_takes_what_the_first_has_read(house, host, store, dial):
    await read_by(house, host).refresh()
    second = await TestHouse(store, data_breach(), Board({}), None).begin()
    await read_by(second, host).refresh()
    assert (on_duty(second), len(host.asked)) == ("Ana", 1)
    dial.at += EVERY
    await read_by(second, host).refresh()
    assert len(host.asked) == 2


async def test_people_who_come_later_are_known_at_the_next_reading(house, host, dial):
    host.texts[SECRET] = calendar("Cleo")
    await (one := read_by(house, host)).refresh()
    assert on_duty(house) is None
    await house.person("Cleo", "agent")
    dial.forward(minutes=5)
    await one.refresh()
    assert on_duty(house) == "Cleo"


async def test_a_rota_that_names_somebody_who_has_left_holds_for_the_others(house, host, dial):
    one = read_by(house, host, lambda: ("people.yaml", FILE))
    async with house.store.begin() as work:
        await people.remove(work, (await people.by_name(work, "Bo")).id)
        await work.commit()
    await one.begin()
    assert (on_duty(house, "duty_lead"), await fares(house.store, "rota:duty_lead")) == ("Ana", ("failing", "stranger"))


async def test_a_file_is_read_anew_and_one_that_cannot_be_read_any_more_leaves_its_rotas(house, host):
    text = FILE
    one = read_by(house, host, lambda: ("people.yaml", text))
    await one.begin()
    text = FILE.replace("[Ana, Bo]", "[Bo, Ana]")
    await one.refresh()
    assert on_duty(house, "duty_lead") == "Bo"
    text = FILE.replace("order", "odrer")
    await one.refresh()
    assert (on_duty(house, "duty_lead"), await fares(house.store, "rota:duty_lead")) == ("Bo", ("failing", "malformed"))


async def test_a_file_with_a_fault_stops_the_start_and_says_where(house, host):
    with pytest.raises(PeopleErrors, match=r"people.yaml:5: rotas\.duty_lead"):
        await read_by(house, host, lambda: ("people.yaml", FILE.replace("order", "odrer"))).begin()


async def test_a_calendar_goes_before_a_rota_of_the_file(house, host):
    host.texts["lead.ics"] = calendar("Bo")
    one = read_by(house, host, lambda: ("people.yaml", FILE), duty_lead="lead.ics")
    await one.refresh()
    assert on_duty(house, "duty_lead") == "Bo"


class Unfollowable(Duty):
    def layers(self, begin, end):
        raise CalendarError("duty_press", 7, "an event that cannot be read")


async def test_a_calendar_that_fails_when_it_is_asked_lets_the_ladder_go_on(house, store):
    house.roster.rotas = {"duty_press": Unfollowable()}
    async with store.read() as work:
        team = await people.everyone(work)
    meant = house.roster.meant([Whom(on_duty="duty_press"), Whom(person="Bo")], team, store.dial())
    assert [person.name for person in meant] == ["Bo"]
    line = (await house.escalation.desk.on_call(house.ana)).duties[0]
    assert (line.now, line.then) == (None, None)


async def test_what_nobody_configures_any_more_is_forgotten(house, host, store):
    await read_by(house, host).refresh()
    await Rotas(store, house.roster, Sources()).begin()
    async with store.read() as work:
        assert await rotas.of_all(work) == {}
    assert (house.roster.rotas, await fares(store)) == ({}, None)


async def test_a_secret_address_is_not_written_down(house, host, store):
    await read_by(house, host).refresh()
    async with store.read() as work:
        kept = (await rotas.of_all(work))["duty_press"]
    assert "4711" not in kept.source
    assert "calendar.example" in kept.source


async def test_colleagues_are_told_of_a_calendar_that_fails(house, host, store, dial):
    host.texts[SECRET] = CalendarAway("timeout")
    await read_by(house, host).refresh()
    dial.forward(minutes=1)
    told = []

    class Heard(Board):
        async def tell(self, work, channel, words, *_, **__):
            told.append(words)

    await Ticks(store, Heard({}), data_breach()).alarm()
    assert [(words.facts["door"], words.facts["reason"]) for words in told] == [("rota:duty_press", "timeout")]
    for language in LANGUAGES:
        assert "duty_press" in say("door.closed", language, **{**told[0].facts, "since": "9:00"})


async def test_who_may_not_look_is_not_told_who_is_on_duty(house):
    with pytest.raises(Told):
        await house.escalation.desk.on_call(type(house.ana)("console", "999"))


def test_a_calendar_is_read_less_often_than_another_process_may_have_tried():
    assert timedelta(minutes=4) < EVERY
