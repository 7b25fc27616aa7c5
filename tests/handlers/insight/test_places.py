"""Addresses to which digests may go: what could not be kept, sent or carried by a button is none."""

from dataclasses import fields

import pytest

from handlers.escalation.bells import EMAIL
from handlers.insight.digests import wish_of
from handlers.insight.places import Places
from handlers.insight.refusals import NoSuchPlace
from handlers.insight.subscriptions import Promise, Rhythm, asked_of
from storage.insight.subscriptions import Subscription


@pytest.fixture
async def places(house):
    return Places(house.store, (EMAIL,))


@pytest.mark.parametrize(
    "said",
    [
        "a\x00b@example.com",
        "a\ud800@example.com",
        "a\r\nBcc:b@example.com",
        "a|daily|00:00||UTC|en@example.com",
        "<!channel>@example.com",
        "a@b@example.com",
        "a@example.com,b@example.com",
        "a" * 65 + "@example.com",
        "a@" + "b" * 260 + ".example",
    ],
)
async def test_what_no_mail_reaches_is_refused_before_anything_is_kept(places, house, said):
    with pytest.raises(NoSuchPlace) as refused:
        await places.find(await house.person("Max", "manager"), said)
    assert "\x00" not in refused.value.facts["name"] and "\ud800" not in refused.value.facts["name"]


@pytest.mark.parametrize("said", ["Ana+digest@Example.com", "o'brien@münchen.example", "ñandú@example.es"])
async def test_addresses_stay_what_they_are_through_a_button(places, house, said):
    found = await places.find(await house.person("Max", "manager"), said)
    promise = Promise(found.name, found.workspace, found.target, Rhythm("weekly", "08:30", "Europe/Madrid", 0), "es")
    asked = asked_of(promise.ids)
    assert (found.target, found.is_open) == (said.lower(), True)
    assert (asked.target, asked.rhythm, asked.weekday, asked.language) == (found.target, "weekly", 0, "es")


@pytest.mark.parametrize("target", ["19:crisis@thread.tacv2", "C123"])
def test_a_channel_whose_id_looks_like_an_address_stays_a_channel(target):
    promise = Promise("#crisis", "teams", target, Rhythm("daily", "08:30", "UTC"), "en")
    assert asked_of(promise.ids).target == f"#{target}"
    one = Subscription(**{**dict.fromkeys(field.name for field in fields(Subscription)), "id": 7, "workspace": "teams", "target": target})
    assert wish_of(one, "d", "digest").lane == f"teams:{target}"
