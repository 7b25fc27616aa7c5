"""What we say on Facebook and Instagram lands where it belongs, or is refused for a reason that helps."""

from datetime import timedelta

import pytest

from bot.networks.meta.graph import Graph
from bot.networks.meta.publishing import MetaNetwork
from handlers.errors import CannotAsk, DoorClosed, Refused, TryLater, Unconfirmed
from handlers.networks import Reply
from handlers.ports import Customer
from tests.fakes.meta.errors import GraphError
from tests.networks.meta.connecting import connected
from tests.networks.meta.replies import a_while_ago, comment, heard, message, reply

DAY = 86_400


async def test_a_comment_can_be_answered_in_private_once(ours):
    mention = await comment(ours)
    published = await ours.network.publish(reply(mention, private=True))
    sent = ours.world.messages[published.external_id]
    assert (sent.text, sent.person.handle) == ("Your data is safe, Anna.", "anna")
    with pytest.raises(Refused, match="already replied"):
        await ours.network.publish(reply(mention, "Once more", private=True))
    assert len(ours.world.messages) == 1


async def test_an_answer_in_private_that_went_out_is_found_in_the_conversation(ours):
    mention = await comment(ours)
    ours.meta.send_faults.append("lost")
    with pytest.raises(Unconfirmed):
        await ours.network.publish(reply(mention, private=True))
    found = await ours.network.find(reply(mention, private=True), a_while_ago())
    assert found and found.external_id in ours.world.messages


async def test_whose_name_meta_does_not_tell_cannot_be_asked_for_what_was_sent_to_them(ours):
    ours.world.tells_authors = False
    mention = await comment(ours)
    await ours.network.publish(reply(mention, private=True))
    with pytest.raises(CannotAsk):
        await ours.network.find(reply(mention, private=True), a_while_ago())


async def test_a_private_reply_after_seven_days_is_refused_in_metas_words(later):
    ours = connected(later, "facebook")
    world = later.world
    written = world.add_comment("facebook", world.person("facebook", "anna"), "Is my data safe?", world.post.id)
    later.world.clock.advance(7 * DAY + 1)
    asked = Reply("t", "Yes", "en", True, written.id, "c", Customer("1"), '{"way":"comment"}')
    with pytest.raises(Refused, match="10903"):
        await ours.network.publish(asked)
    await ours.close()


@pytest.mark.parametrize("network", ["facebook", "instagram"])
async def test_a_message_can_be_answered_for_a_day_after_their_last(later, network):
    ours, world = connected(later, network), later.world
    anna = world.person(network, "anna")
    written = world.add_message(network, anna, "Is my data safe?", by_us=False)
    asked = Reply("t", "Yes", "en", True, written.id, "c", Customer(anna.id), f'{{"way":"message","person":"{anna.id}"}}')
    world.clock.advance(DAY - 60)
    await ours.network.publish(asked)
    world.clock.advance(120)
    with pytest.raises(Refused) as refused:
        await ours.network.publish(asked)
    assert refused.value.reason == "window"
    await ours.close()


async def test_what_our_abilities_say_is_what_meta_enforces(ours):
    assert ours.network.abilities.private_within == timedelta(seconds=ours.world.limits.private_within)
    assert ours.network.abilities.window == timedelta(seconds=ours.world.limits.window)
    assert ours.network.abilities.private_once and ours.network.abilities.hide


async def test_a_visitors_post_is_answered_below_and_in_private(meta):
    ours, world = connected(meta, "facebook"), meta.world
    post = world.add_post("facebook", world.person("facebook", "anna"), "You lost my data!")
    mention = await heard(ours, post.id)
    public = await ours.network.publish(reply(mention))
    assert world.entries[public.external_id].root == post.id
    private = await ours.network.publish(reply(mention, private=True))
    assert world.messages[private.external_id].about == post.id
    assert await ours.network.find(reply(mention), a_while_ago()) == public
    await ours.close()


async def test_an_answer_on_instagram_names_whom_it_answers_and_is_found_without_the_name(meta):
    ours, world = connected(meta, "instagram"), meta.world
    first = world.add_comment("instagram", world.person("instagram", "anna"), "Is my data safe?", world.medium.id)
    again = world.add_comment("instagram", world.person("instagram", "bruno"), "Mine too?", first.id)
    mention = await heard(ours, again.id)
    published = await ours.network.publish(reply(mention))
    entry = world.entries[published.external_id]
    assert (entry.text, entry.parent) == ("@bruno Your data is safe, Anna.", first.id)
    assert await ours.network.find(reply(mention), a_while_ago()) == published
    await ours.network.publish(reply(mention, "Sorry @bruno, we look."))
    assert [one.text for one in world.entries.values()][-1] == "Sorry @bruno, we look."
    await ours.close()


async def test_the_longest_text_leaves_room_for_the_longest_name(meta):
    ours, world = connected(meta, "instagram"), meta.world
    written = world.add_comment("instagram", world.person("instagram", "a" * 30), "Is my data safe?", world.medium.id)
    mention = await heard(ours, written.id)
    published = await ours.network.publish(reply(mention, "b" * ours.network.most(private=False)))
    assert len(world.entries[published.external_id].text) == 2_200
    await ours.close()


@pytest.mark.parametrize("below", [True, False], ids=["comment", "caption"])
async def test_who_names_us_elsewhere_is_answered_there_and_not_in_private(meta, below):
    ours, world = connected(meta, "instagram"), meta.world
    bruno = world.person("instagram", "bruno")
    caption = world.add_post("instagram", bruno, "@meridia, really?", ours_below=False)
    entry = world.add_comment("instagram", bruno, "@meridia lost my data", caption.id) if below else caption
    way = f'{{"way":"{"elsewhere" if below else "caption"}","media":"{caption.id}"}}'
    asked = Reply("t", "We look into it.", "en", False, entry.id, "c", Customer("@bruno", handle="bruno"), way)
    published = await ours.network.publish(asked)
    assert world.entries[published.external_id].root == caption.id
    with pytest.raises(CannotAsk):
        await ours.network.find(asked, a_while_ago())
    with pytest.raises(Refused, match="not_below_our_post"):
        await ours.network.publish(Reply(**{**vars(asked), "private": True}))
    await ours.close()


async def test_a_picture_that_shows_us_is_heard_and_not_answered(meta):
    ours, world = connected(meta, "instagram"), meta.world
    tagged = world.add_post("instagram", world.person("instagram", "bruno"), "with Meridia", ours_below=False, tagged=True)
    mention = await heard(ours, tagged.id)
    with pytest.raises(Refused, match="not_below_our_post"):
        await ours.network.publish(reply(mention))
    await ours.close()


async def test_bytes_are_counted_in_messages_of_instagram_and_characters_of_two_units_on_facebook(meta):
    instagram, facebook = connected(meta, "instagram"), connected(meta, "facebook")
    assert (instagram.network.length("é👩"), facebook.network.length("é👩")) == (6, 3)
    assert instagram.network.most(private=True) == 1_000
    assert facebook.network.most(private=True) == 1_999


async def test_what_a_message_answers_may_be_older_than_the_twenty_that_meta_tells_of(ours):
    asked = await message(ours)
    for number in range(25):
        ours.world.add_message(ours.name, ours.world.person(ours.name, "anna"), f"hello? {number}", by_us=False)
    published = await ours.network.publish(reply(asked, private=True))
    assert published.external_id in ours.world.messages


async def test_a_message_that_was_taken_back_is_not_answered(ours):
    asked = await message(ours)
    await message(ours, "never mind")
    ours.world.messages[asked.external_id].deleted = True
    with pytest.raises(Refused) as refused:
        await ours.network.publish(reply(asked, private=True))
    assert refused.value.reason == "parent_gone"
    assert not [one for one in ours.world.messages.values() if one.by_us]


async def test_below_what_is_gone_nothing_is_published_and_nothing_is_known(ours):
    mention = await comment(ours)
    ours.meta.writing.delete(mention.external_id)
    with pytest.raises(Refused) as refused:
        await ours.network.publish(reply(mention))
    assert refused.value.reason == "parent_gone"
    with pytest.raises(Unconfirmed):
        await ours.network.find(reply(mention), a_while_ago())


async def test_a_comment_is_hidden_once_or_twice_and_a_message_never(ours):
    mention, said = await comment(ours), await message(ours)
    for _ in range(2):
        await ours.network.hide(mention.external_id)
    assert ours.world.entries[mention.external_id].hidden
    ours.meta.writing.delete(mention.external_id)
    await ours.network.hide(mention.external_id)
    with pytest.raises(Refused):
        await ours.network.hide(said.external_id)


async def test_our_comment_is_taken_back_and_our_message_stays(ours):
    public = await ours.network.publish(reply(await comment(ours)))
    private = await ours.network.publish(reply(await message(ours), private=True))
    await ours.network.delete(public.external_id)
    assert public.external_id not in ours.world.entries
    with pytest.raises(Refused, match="messages_stay"):
        await ours.network.delete(private.external_id)
    assert private.external_id in ours.world.messages


async def test_a_missing_permission_shuts_the_lane_with_metas_words(ours):
    mention = await comment(ours)
    ours.meta.send_faults.append(GraphError(200, "(#200) Requires pages_manage_engagement permission", status=403))
    with pytest.raises(DoorClosed, match="pages_manage_engagement") as closed:
        await ours.network.publish(reply(mention))
    assert not closed.value.whole


async def test_seven_hundred_and_fifty_private_replies_an_hour_and_then_we_are_told_to_wait(meta):
    meta.world.limits.private_replies = 1
    ours, world = connected(meta, "instagram"), meta.world
    first, second = [world.add_comment("instagram", world.person("instagram", who), "?", world.medium.id) for who in ("anna", "bruno")]
    await ours.network.publish(reply(await heard(ours, first.id), private=True))
    with pytest.raises(TryLater) as later:
        await ours.network.publish(reply(await heard(ours, second.id), private=True))
    assert timedelta(minutes=30) < later.value.after <= timedelta(minutes=60)
    await ours.close()


@pytest.mark.parametrize("fault", ["garbage", "lost", 500, 503])
async def test_what_may_have_gone_out_is_never_called_later(ours, fault):
    mention = await comment(ours)
    ours.meta.send_faults.append(fault)
    with pytest.raises(Unconfirmed):
        await ours.network.publish(reply(mention))


async def test_whoever_never_answers_is_waited_for_and_then_it_is_unconfirmed(ours):
    ours.network.graph.patience = 0.3
    mention = await comment(ours)
    ours.meta.send_faults.append("hang")
    with pytest.raises(Unconfirmed):
        await ours.network.publish(reply(mention))


async def test_where_nobody_listens_nothing_was_sent(ours):
    mention = await comment(ours)
    nowhere = MetaNetwork(Graph("http://127.0.0.1:9/v24.0", ours.network.graph.token, ours.network.graph.secret), ours.network.known)
    with pytest.raises(TryLater):
        await nowhere.publish(reply(mention))


async def test_a_redirect_is_not_followed_with_our_token(ours):
    mention = await comment(ours)
    ours.meta.send_faults.append("redirect")
    before = len(ours.meta.calls)
    with pytest.raises(Unconfirmed):
        await ours.network.publish(reply(mention))
    assert [one.path for one in ours.meta.calls[before:]] == [
        f"{mention.external_id}/{'comments' if ours.name == 'facebook' else 'replies'}"
    ]


async def test_a_context_that_we_cannot_read_is_answered_as_a_comment(ours):
    mention = await comment(ours)
    for context in ("", "{", "7", "[]"):
        await ours.network.publish(Reply(**{**vars(reply(mention)), "context": context}))


async def test_no_token_stands_in_an_address_and_every_call_is_proven(ours):
    mention, said = await comment(ours), await message(ours)
    public = await ours.network.publish(reply(mention))
    await ours.network.publish(reply(said, private=True))
    await ours.network.delete(public.external_id)
    await ours.source.standing()
    world = ours.world
    for call in ours.meta.calls:
        assert world.token not in call.address and world.app_secret not in call.address
    assert len({one.method for one in ours.meta.calls}) == 3


async def test_a_wrong_secret_of_the_app_is_refused_by_its_proof(meta):
    ours = connected(meta, "facebook", META_APP_SECRET="another")
    with pytest.raises(Refused, match="appsecret_proof"):
        await ours.source.standing()
    await ours.close()


async def test_the_same_words_of_long_ago_are_another_answer(ours):
    for mention, private in ((await comment(ours), False), (await message(ours), True)):
        published = await ours.network.publish(reply(mention, private=private))
        sent = ours.world.messages.get(published.external_id) or ours.world.entries[published.external_id]
        sent.at -= 600
        assert await ours.network.find(reply(mention, private=private), a_while_ago()) is None


async def test_the_customers_own_repetition_of_our_words_is_not_ours(ours):
    mention, said = await comment(ours), await message(ours)
    text = reply(mention).text
    ours.world.add_comment(ours.name, ours.world.person(ours.name, "bruno"), text, mention.external_id)
    ours.world.add_message(ours.name, ours.world.person(ours.name, "anna"), text, by_us=False)
    assert await ours.network.find(reply(mention), a_while_ago()) is None
    assert await ours.network.find(reply(said, private=True), a_while_ago()) is None


async def test_what_meta_does_not_let_us_look_for_a_person_decides(ours):
    mention, said = await comment(ours), await message(ours)
    ours.meta.reading.forbidden |= {"comments", "replies", "conversations"}
    for mine in (reply(mention), reply(said, private=True)):
        with pytest.raises(CannotAsk):
            await ours.network.find(mine, a_while_ago())


@pytest.mark.parametrize("context", [None, "", "{", '{"way":"comment"}'], ids=["whole", "lost", "broken", "wrong"])
async def test_what_was_said_in_private_is_not_answered_in_public_whatever_is_remembered_of_it(ours, context):
    asked = reply(await message(ours))
    calls = len(ours.meta.calls)
    with pytest.raises(Refused) as refused:
        await ours.network.publish(Reply(**{**vars(asked), "context": asked.context if context is None else context}))
    assert refused.value.reason == "private_in_public" and len(ours.meta.calls) == calls


async def test_a_message_is_answered_although_nothing_is_remembered_of_it(ours):
    asked = reply(await message(ours), private=True)
    published = await ours.network.publish(Reply(**{**vars(asked), "context": ""}))
    assert ours.world.messages[published.external_id].person.handle == "anna"
    assert await ours.network.find(Reply(**{**vars(asked), "context": ""}), a_while_ago()) == published
