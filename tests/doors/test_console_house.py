"""The pages about the house: how things stand, which workspaces are trusted, who works here."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest

from handlers.costs import KeptPurse
from handlers.ports import Who
from storage import health
from tests.doors.console import Room, room, words_of


@pytest.fixture
async def console(tmp_path: Path) -> AsyncIterator[Room]:
    async with room(tmp_path) as opened:
        await opened.person("Ana", "agent", "admin", slack_id="U1")
        yield opened


async def fares(console: Room, door: str, state: str, reason: str | None = None) -> None:
    async with console.store.begin() as work:
        await health.report(work, door, state, reason)
        await work.commit()


async def test_status_counts_what_is_open_and_says_how_each_door_fares(console: Room):
    await console.write("critical threat_to_life: help", sender="eva")
    await console.write("low thanks: bravo", sender="tom", network="email", language="fr")
    await fares(console, "slack", health.WELL)
    await fares(console, "webhook:acme", health.FAILING, "timeout")
    ana = await console.signed_in("Ana")
    await ana.get("/cases/1")
    await ana.post("/act/tag", {"ids": "1:threat_to_life"})
    said = words_of(await ana.get("/status"))
    for words in (
        "2 open",
        "Critical 1",
        "Low 1",
        "Threat to life 1",
        "email 1",
        "French 1",
        "Slack Works; last success",
        "Struggling since",
    ):
        assert words in said, words


async def test_a_door_that_is_closed_is_an_alarm_on_every_page(console: Room):
    await fares(console, "slack", health.CLOSED, "token_revoked")
    ana = await console.signed_in("Ana")
    for path in ("/", "/status", "/people"):
        assert "Trouble with Slack: its token was revoked. Everything still works here." in words_of(await ana.get(path))


async def test_a_workspace_in_strange_hands_is_cut_off_and_its_last_day_listed(console: Room):
    number = await console.write("high press: a question")
    await console.acts.cases.claim(Who("slack", "U1"), number)
    ana = await console.signed_in("Ana")
    await ana.get("/workspaces")
    cut = await ana.post("/workspaces", {"name": "slack"})
    assert "Not trusted" in words_of(cut)
    assert "Ana took a case #1" in words_of(cut)
    with pytest.raises(Exception, match="WorkspaceNotTrusted"):
        await console.acts.cases.close(Who("slack", "U1"), number)
    assert "Not trusted" not in words_of(await ana.post("/workspaces", {"name": "slack", "trusted": "1"}))
    await console.acts.cases.close(Who("slack", "U1"), number)


async def test_an_admin_adds_changes_invites_and_removes_somebody(console: Room):
    ana = await console.signed_in("Ana")
    await ana.get("/people")
    added = await ana.post("/people/add", {"name": "Bea", "roles": ["agent", "legal"], "languages": "es, en", "email": "Bea@Example.com"})
    assert "Bea is saved" in words_of(added)
    invited = await ana.post("/people/invite", {"name": "Bea"})
    link = invited.text.split('readonly value="')[1].split('"')[0]
    bea = console.browser()
    assert "Hola, Bea" in words_of(await bea.get(link.removeprefix(console.url)))
    assert "Dame el siguiente" in words_of(await bea.post(link.removeprefix(console.url)))
    await ana.post("/people/change", {"name": "Bea", "roles": ["marketing"], "languages": "fr", "email": "", "timezone": ""})
    assert "Dame" not in words_of(await bea.get("/"))
    people = {person.name: person for person in await console.acts.staff.list(Who("console", "1"))}
    assert people["Bea"].roles == {"marketing"}
    assert (people["Bea"].email, people["Bea"].timezone) == (None, "Europe/Madrid")
    assert "Bea is removed" in words_of(await ana.post("/people/remove", {"name": "Bea"}))


async def test_a_refusal_about_people_is_told_on_their_page(console: Room):
    ana = await console.signed_in("Ana")
    await ana.get("/people")
    for path, fields, told in (
        ("remove", {"name": "Ana"}, "is the only admin left"),
        ("remove", {"name": "Zoe"}, "I don’t know anybody called Zoe"),
        ("add", {"name": "Zoe"}, "the list of roles is empty"),
        ("add", {"name": "Ana", "roles": "agent"}, "is taken already"),
        ("change", {"name": "Ana", "roles": "agent"}, "is the only admin left"),
    ):
        answer = await ana.post(f"/people/{path}", fields)
        assert answer.status_code == 409
        assert told in words_of(answer)


async def test_what_a_network_has_cost_is_told_to_those_who_may_see_it(console: Room):
    await KeptPurse(console.store, "x").pay("read", 2480, Decimal("0.005"))
    await console.person("Bo", "agent")
    ana, bo = await console.signed_in("Ana"), await console.signed_in("Bo")
    assert "X: $12.40" in words_of(await ana.get("/status"))
    assert "$12.40" not in words_of(await bo.get("/status"))
