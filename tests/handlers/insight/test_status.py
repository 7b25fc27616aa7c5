"""How things stand in ten lines, whatever stands, in three languages; counts only."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from bot.voice import speak
from handlers.insight.figures import Clock, Tally
from handlers.insight.status import Door, Standing, standing, status_card
from handlers.ports import Label
from storage import escalations
from storage.escalations import Climbing
from storage.tables import cases
from templates import LANGUAGES

AT = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
FULL = Standing(
    at=AT,
    crisis="Data leak",
    since=AT - timedelta(hours=26),
    open=12345,
    about_crisis=12000,
    unowned=4321,
    oldest_wait=3 * 3600.0,
    severities=(Tally("critical", 40), Tally("high", 900), Tally("normal", 11000), Tally("low", 405)),
    tags=tuple((Label({"en": f"Tag {number}"}), 100 - number) for number in range(9)),
    networks=tuple(Tally(name, 1000) for name in ("x", "email", "phone", "mastodon", "bluesky", "letter")),
    ladders={"unanswered": 12, "climbing": 7},
    unanswered=tuple(range(1, 11)),
    approvals=3,
    clocks=(
        Clock("hold", AT - timedelta(hours=2), None),
        Clock("authority", AT - timedelta(hours=73), AT - timedelta(hours=1)),
        Clock("update", None, AT + timedelta(minutes=90)),
    ),
    hold="silent",
    leaving=2500,
    leaving_wait=4 * 60.0,
    doors=tuple(Door(f"slack:C{number}", "closed", "not_in_channel", AT - timedelta(minutes=5)) for number in range(5)),
)


def lines(now: Standing, language: str = "en") -> list[str]:
    card = status_card(now)
    return [speak(one, language, str, lambda moment: f"{moment:%d %b %H:%M}") for one in (card.title, *card.body)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_stands_it_is_ten_lines_at_most(language):
    said = lines(FULL, language)
    assert len(said) == 10 and all(one.strip() and "None" not in one for one in said)


def test_it_says_what_is_late_what_nobody_answered_and_what_does_not_work():
    said = lines(FULL)
    assert said[0] == "Crisis “Data leak”, open for 26 h"
    assert said[1] == "Hold: silent, for 2 h"
    assert said[2] == "Authority: OVERDUE by 1 h (22 Nov 09:00) · Next update: 1 h 30 min left (22 Nov 11:30)"
    assert said[3] == "12,345 open cases, 12,000 about the crisis; nobody has 4,321 of them, the oldest for 3 h"
    assert said[4] == "NOBODY HAS ANSWERED: 12 cases (#1, #2, #3, #4, #5 …)"
    assert said[8] == "3 drafts wait for approval; 2,500 messages waiting to leave, the oldest for 4 min"
    assert said[9].startswith("NOT WORKING: slack:C0 closed (the bot is not in the channel) for 5 min; ") and said[9].endswith("and 2 more")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_quiet_house_says_so_in_few_words(language):
    said = lines(Standing(AT), language)
    assert len(said) <= 4
    assert language != "en" or said == ["No crisis is open", "0 open cases", "No draft waits for approval", "All connections work"]


def test_one_of_each_is_said_as_one():
    one = Standing(AT, "Leak", AT, open=1, about_crisis=1, unowned=1, oldest_wait=0.0, approvals=1, leaving=1)
    assert lines(one)[2] == "1 open case, 1 about the crisis; nobody has 1 of them, the oldest for less than a minute"
    assert lines(one)[3] == "1 draft waits for approval; 1 message waiting to leave"
    assert lines(one, "es")[2].startswith("1 caso abierto, 1 sobre la crisis") and lines(one, "fr")[2].startswith(
        "1 cas ouvert, dont 1 sur"
    )


async def test_it_is_made_of_what_the_desk_sees(house):
    ana = await house.person("Ana", "agent", timezone="Europe/Madrid")
    await house.case("critical phishing, zebra")
    now = standing(await house.desk.status(ana), house.flow)
    assert (now.open, now.unowned, now.severities[0], now.timezone) == (1, 1, Tally("critical", 1), "Europe/Madrid")
    assert now.doors == () and "zebra" not in repr(status_card(now))


@pytest.mark.parametrize("few", [0, 1000])
async def test_the_gravest_that_nobody_answered_come_first_however_many_there_are(house, monkeypatch, few):
    monkeypatch.setattr(escalations, "FEW", few)
    numbers = [await house.case(f"{severity} {number}") for number, severity in enumerate(("low", "critical", "high", "critical"))]
    ended = await house.case("critical, closed")
    async with house.store.begin() as work:
        await escalations.put_all(work, [{"case_id": one, "state": Climbing.UNANSWERED} for one in (*numbers, ended)])
        await work.execute(sa.update(cases).where(cases.c.id == ended).values(status="closed"))
        await work.commit()
    async with house.store.read() as work:
        found = await escalations.unanswered(work, 3, of=4)
    low, first, high, second = numbers
    assert list(found) == [first, second, high] and low not in found
