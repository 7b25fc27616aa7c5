"""Who knocks is proven by the signature, and hears yes only once everything is stored."""

import json

import aiohttp
import pytest
from pydantic import SecretStr

from bot.networks.meta.accounts import Account
from bot.networks.meta.knocking import Knocking
from handlers.networks import Gone
from handlers.ports import Event
from tests.networks.meta.connecting import connected, served
from tests.networks.meta.test_meta_reading import payload


async def test_the_handshake_is_answered_with_the_challenge(knocked):
    assert await knocked.telling.shake_hands() == (200, "1158201444")


@pytest.mark.parametrize("token", ["wrong", "v3r1fy-m3 ", "é"])
async def test_whoever_does_not_know_the_verify_token_is_turned_away(knocked, token):
    assert (await knocked.telling.shake_hands(token))[0] == 403


async def test_a_handshake_of_another_mode_is_turned_away(knocked):
    asked = {"hub.mode": "unsubscribe", "hub.verify_token": knocked.world.verify_token, "hub.challenge": "1"}
    async with aiohttp.ClientSession() as web, web.get(knocked.telling.endpoint, params=asked) as answer:
        assert answer.status == 403


async def test_what_is_told_is_stored_when_yes_is_said(knocked, noted):
    comment = knocked.world.add_comment("facebook", knocked.world.person("facebook", "anna"), "Is my data safe?", knocked.world.post.id)
    await knocked.telling.comment(comment)
    assert [one.external_id for one in noted.mentions] == [comment.id]
    assert knocked.telling.answers == [200]


BODY = json.dumps(payload("webhook_page_comment")).encode()


@pytest.mark.parametrize(
    "forged",
    [
        lambda telling: "",
        lambda telling: "sha256=",
        lambda telling: telling.sign(BODY, secret="another secret"),
        lambda telling: telling.sign(BODY).upper(),
        lambda telling: telling.sign(BODY).removeprefix("sha256="),
        lambda telling: telling.sign(BODY).replace("sha256=", "sha1="),
        lambda telling: telling.sign(BODY + b" "),
        lambda telling: telling.sign(BODY)[:-1],
        lambda telling: "sha256=é",
    ],
)
async def test_what_meta_did_not_sign_is_not_taken(knocked, noted, forged):
    assert await knocked.telling.deliver_raw(BODY, forged(knocked.telling)) == 401
    assert not noted.news and not noted.aside


async def test_the_signature_is_over_the_bytes_as_they_came(knocked, noted):
    body = json.dumps(payload("webhook_page_comment"), indent=3).encode()
    assert await knocked.telling.deliver_raw(body, knocked.telling.sign(body)) == 200
    assert len(noted.mentions) == 1


async def test_a_body_past_a_megabyte_is_refused(knocked, noted):
    body = b" " * 1_000_001
    assert await knocked.telling.deliver_raw(body, knocked.telling.sign(body)) == 413
    assert not noted.aside


async def test_what_could_not_be_stored_is_asked_for_again_and_taken_then(knocked, noted):
    noted.away = True
    comment = knocked.world.add_comment("facebook", knocked.world.person("facebook", "anna"), "Is my data safe?", knocked.world.post.id)
    await knocked.telling.comment(comment)
    assert knocked.telling.answers == [503] and not noted.news
    noted.away = False
    await knocked.telling.again()
    assert [one.external_id for one in noted.mentions] == [comment.id] and not knocked.telling.untold


async def test_the_same_delivery_twice_is_the_same_mention_twice(knocked, noted):
    for _ in range(2):
        assert await knocked.telling.deliver(payload("webhook_page_comment")) == 200
    first, second = noted.mentions
    assert first == second


async def test_everything_of_one_body_is_taken(knocked, noted):
    one, two = payload("webhook_page_post")["entry"], payload("webhook_page_messages")["entry"]
    assert await knocked.telling.deliver({"object": "page", "entry": [*one, *two]}) == 200
    assert len(noted.mentions) == 1 + 5


async def test_what_was_said_and_taken_back_in_one_body_is_stored_in_that_order(knocked, noted):
    added, removed = payload("webhook_page_comment")["entry"], payload("webhook_page_remove")["entry"]
    assert await knocked.telling.deliver({"object": "page", "entry": [*removed, *added]}) == 200
    assert noted.news[0].external_id == "5000001_800001" and noted.news[1:] == [Gone("5000001_800001")]


async def test_a_signed_body_that_is_no_json_is_kept_aside_and_not_asked_for_again(knocked, noted):
    assert await knocked.telling.deliver(None, raw=b"{not json") == 200
    assert [one.raw for one in noted.aside] == ["{not json"]


async def test_what_is_about_another_page_is_kept_aside(knocked, noted):
    delivery = payload("webhook_page_comment")
    delivery["entry"][0]["id"] = "999"
    assert await knocked.telling.deliver(delivery) == 200
    assert not noted.news and len(noted.aside) == 1


async def test_an_answer_to_an_answer_is_told_with_the_head_of_its_thread(knocked, noted):
    world, anna = knocked.world, knocked.world.person("facebook", "anna")
    first = world.add_comment("facebook", anna, "Is my data safe?", world.post.id)
    mine = world.add_comment("facebook", None, "It is.", first.id)
    for text in ("And my address?", "And my phone?"):
        await knocked.telling.comment(world.add_comment("facebook", anna, text, mine.id))
    assert {one.conversation_id for one in noted.mentions} == {f"{world.post.id}:{first.id}"}
    assert len([one for one in knocked.calls if one.path == mine.id]) == 1, "a thread is asked for once"


async def test_an_answer_to_a_comment_that_is_gone_meanwhile_is_taken_all_the_same(knocked, noted):
    world, anna = knocked.world, knocked.world.person("facebook", "anna")
    first = world.add_comment("facebook", anna, "Is my data safe?", world.post.id)
    answer = world.add_comment("facebook", anna, "Hello?", first.id)
    del world.entries[first.id]
    await knocked.telling.comment(answer)
    assert [one.conversation_id for one in noted.mentions] == [f"{world.post.id}:{first.id}"]


async def test_who_names_us_below_others_media_is_looked_up(knocked, noted):
    world, bruno = knocked.world, knocked.world.person("instagram", "bruno")
    theirs = world.add_post("instagram", bruno, "holiday", ours_below=False)
    comment = world.add_comment("instagram", bruno, "@meridia lost my data", theirs.id)
    await knocked.telling.comment(comment)
    (heard,) = noted.mentions
    assert (heard.external_id, heard.text) == (comment.id, "@meridia lost my data")
    assert heard.conversation_id == f"{theirs.id}:{comment.id}"


async def test_who_names_us_in_a_caption_is_looked_up(knocked, noted):
    world = knocked.world
    caption = world.add_post("instagram", world.person("instagram", "bruno"), "thanks for nothing @meridia", ours_below=False)
    await knocked.telling.comment(caption)
    (heard,) = noted.mentions
    assert (heard.external_id, heard.customer.handle) == (caption.id, "bruno")


async def test_what_cannot_be_looked_up_any_more_is_kept_aside(knocked, noted):
    assert await knocked.telling.deliver(payload("webhook_instagram_mentions")) == 200
    assert not noted.news and len(noted.aside) == 2


@pytest.mark.parametrize("fault", [503, 429, "cut", "garbage"])
async def test_while_the_graph_cannot_be_asked_the_delivery_must_come_again(knocked, noted, fault):
    world, bruno = knocked.world, knocked.world.person("instagram", "bruno")
    caption = world.add_post("instagram", bruno, "thanks for nothing @meridia", ours_below=False)
    knocked.faults.append(fault)
    await knocked.telling.comment(caption)
    assert knocked.telling.answers == [503] and not noted.news
    await knocked.telling.again()
    assert [one.external_id for one in noted.mentions] == [caption.id]


async def test_a_message_of_which_only_the_id_is_told_is_looked_up(knocked, noted):
    message = knocked.world.add_message("instagram", knocked.world.person("instagram", "anna"), "hola", by_us=False)
    mine = knocked.world.add_message("instagram", knocked.world.person("instagram", "anna"), "ours", by_us=True)
    for one, number in ((message, 0), (message, 1), (mine, 1)):
        await knocked.telling.messaging("instagram", {"message_edit": {"mid": one.id, "num_edit": number}})
    assert [(one.external_id, one.text, one.event) for one in noted.mentions] == [
        (message.id, "hola", Event.POSTED),
        (message.id, "hola", Event.EDITED),
    ]


async def test_an_edited_comment_and_an_edited_message_are_told_as_such(knocked, noted):
    comment = knocked.world.add_comment("facebook", knocked.world.person("facebook", "anna"), "now", knocked.world.post.id)
    await knocked.telling.comment(comment, "edited")
    person = {"sender": {"id": "24000000000001"}, "recipient": {"id": knocked.world.page_id}}
    await knocked.telling.messaging("facebook", {**person, "message_edit": {"mid": "m_1", "text": "now", "num_edit": 1}})
    assert [(one.event, one.text) for one in noted.mentions] == [(Event.EDITED, "now"), (Event.EDITED, "now")]


async def test_meta_hears_no_before_it_hangs_up(meta, noted):
    page = connected(meta, "facebook")
    assert page.source and page.close
    graph = page.source.graph
    ours = (page.source.account, Account("instagram", meta.world.instagram_id, meta.world.page_id))
    knocking = Knocking(noted, graph, ours, graph.secret, SecretStr(meta.world.verify_token), patience=0.2)
    caption = meta.world.add_post("instagram", meta.world.person("instagram", "bruno"), "@meridia?", ours_below=False)
    meta.faults.append("hang")
    async with served(knocking.routes()) as url:
        meta.telling.endpoint = f"{url}/hooks/meta"
        await meta.telling.comment(caption)
    assert meta.telling.answers == [503] and not noted.news
    await page.close()
