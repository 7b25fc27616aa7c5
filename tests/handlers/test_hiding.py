"""What a customer wrote below our own post and shows somebody's data: one button hides it there, once, and people see what became of it."""

from dataclasses import dataclass, field, replace

import pytest

from handlers.answers.drafts import Wording
from handlers.answers.hiding import Hide
from handlers.cards import case_card, load
from handlers.errors import DoorClosed, NoSuchCase, NotAllowed, NoWayOut, Refused
from handlers.glance import Clicked, Glance
from handlers.networks import Abilities
from handlers.ports import Event
from storage import mentions, timeline
from tests.builders import mention
from tests.fakes.network import FakeNetwork

CARD = "my_data: my card is 4111 1111 1111 1111, please help"


@dataclass
class HidingNetwork(FakeNetwork):
    hidden: list[str] = field(default_factory=list)

    async def hide(self, external_id: str) -> None:
        if self.fail and (error := self.fail.popleft()):
            raise error
        self.hidden.append(external_id)


@pytest.fixture
def network(post):
    post.house.networks["x"] = HidingNetwork(post.dial, abilities=Abilities(hide=True))
    return post.house.networks["x"]


async def shown(post, text=CARD, **changes):
    return await post.house.case(text, **{"hideable": True, "external_id": "m-open", **changes})


def hide(post):
    return Hide(post.store, post.house.networks)


async def card(post, number):
    async with post.store.read() as work:
        return case_card(await load(work, post.house.shelf, number))


def ids(found):
    return [button.ids for row in found.buttons for button in row if button.act == "hide"]


async def first_of(post, number):
    async with post.store.read() as work:
        return await mentions.get(work, await mentions.first_of(work, number))


@pytest.mark.parametrize(
    ("text", "changes", "expected"),
    [
        (CARD, {}, True),
        (CARD, {"hideable": False}, False),
        ("my_data, is it safe?", {}, False),
        (CARD, {"event": Event.DELETED}, False),
    ],
)
async def test_the_button_stands_where_something_shows_that_can_be_hidden(post, network, text, changes, expected):
    number = await shown(post, text, **changes)
    assert bool(ids(await card(post, number))) is expected


async def test_it_is_hidden_once_the_card_says_so_and_the_button_is_gone(post, network, ana):
    number = await shown(post)
    (one,) = ids(await card(post, number))
    mention_id = int(one.partition(":")[2])
    for _ in range(3):
        await hide(post).hide(ana, mention_id)
    await post.send(5)
    await hide(post).hide(ana, mention_id)
    await post.send(5)
    assert network.hidden == ["m-open"]
    now = await card(post, number)
    assert ids(now) == [] and any(getattr(line, "name", "") == "case.hidden" for line in now.body)
    assert "case.hidden" in [getattr(line, "name", "") for line in post.slack.messages[0].card.body], "on the card that stands"
    async with post.store.read() as work:
        acts = [row.act for row in await timeline.of_chain(work, f"case:{number}")]
        assert (await timeline.verify(work))[1] == []
    assert "mention_to_hide" in acts and acts.count("mention_hidden") == 1


async def test_a_later_message_has_its_own_button_and_says_when_it_is_hidden(post, network, ana):
    number = await shown(post, "my_data, is it safe?", by="u7")
    await post.house.mentions.receive([mention(CARD, by="u7", external_id="m-later", hideable=True)])
    await post.send(5)
    (later,) = [one for one in post.slack.messages if one.shows("case.wrote_again")]
    (one,) = ids(later.card)
    await hide(post).hide(ana, int(one.partition(":")[2]))
    await post.send(5)
    assert network.hidden == ["m-later"]
    last = [one for one in post.slack.messages if one.shows("case.wrote_again")][-1]
    assert "case.hidden" in [getattr(line, "name", "") for line in last.card.body] and ids(last.card) == []
    assert ids(await card(post, number)) == []


@pytest.mark.parametrize(
    ("role", "may"),
    [("agent", True), ("lead", True), ("manager", True), ("legal", True), ("dpo", True), ("reader", False), ("press_officer", False)],
)
async def test_those_may_who_may_see_what_it_would_hide(post, network, role, may):
    number, who = await shown(post), await post.house.person("Somebody", role)
    acting = hide(post).hide(who, (await first_of(post, number)).id)
    if may:
        await acting
    else:
        with pytest.raises(NotAllowed):
            await acting
    await post.send(5)
    assert network.hidden == (["m-open"] if may else [])


async def test_what_the_network_refuses_is_told_and_can_be_asked_again(post, network, ana):
    number = await shown(post)
    mention_id = (await first_of(post, number)).id
    network.fail.append(Refused("not your post"))
    await hide(post).hide(ana, mention_id)
    await post.send(5)
    (word,) = [one for one in post.slack.messages if one.shows("case.not_hidden")]
    assert word.card.title.facts["reason"] == "not your post"
    assert (await first_of(post, number)).hidden_at is None and ids(await card(post, number))
    await hide(post).hide(ana, mention_id)
    await post.send(5)
    assert network.hidden == ["m-open"]


async def test_a_closed_door_keeps_it_in_line_until_it_opens(post, network, ana):
    number = await shown(post)
    network.fail.append(DoorClosed("token_revoked", whole=True))
    await hide(post).hide(ana, (await first_of(post, number)).id)
    await post.send(1)
    assert network.hidden == []
    await post.send(400)
    assert network.hidden == ["m-open"]


@pytest.mark.parametrize(("able", "hideable"), [(Abilities(), True), (Abilities(hide=True), False)])
async def test_what_cannot_be_hidden_is_said_at_once(post, network, ana, able, hideable):
    network.abilities = able
    number = await shown(post, hideable=hideable)
    with pytest.raises(NoWayOut):
        await hide(post).hide(ana, (await first_of(post, number)).id)


async def test_a_network_that_lost_the_ability_meanwhile_and_one_that_is_gone_harm_nothing(post, network, ana):
    number = await shown(post)
    mention_id = (await first_of(post, number)).id
    await hide(post).hide(ana, mention_id)
    network.abilities = replace(network.abilities, hide=False)
    await post.send(5)
    assert network.hidden == [] and await post.states(kind="hide") in ([], ["sent"], ["skipped"])
    post.house.networks.clear()
    with pytest.raises(NoWayOut):
        await hide(post).hide(ana, mention_id)


async def test_a_message_that_we_never_had_cannot_be_hidden(post, network, ana):
    with pytest.raises(NoSuchCase):
        await hide(post).hide(ana, 4711)


async def test_who_clicks_on_a_card_of_their_own_sees_the_case_again_and_not_somebody_elses_draft(post, network, ana):
    number = await shown(post)
    mention_id = (await first_of(post, number)).id
    proposed = await post.house.drafts.propose(ana, await post.house.case("do you read this?"), Wording("I do read what people write. Ana"))
    assert proposed.version_id == mention_id, "else this proves nothing"
    found = await Glance(post.store, post.house.shelf).at(Clicked("hide", f"{number}:{mention_id}"))
    assert (found.title.name, found.title.facts["number"]) == ("case.title", number)
