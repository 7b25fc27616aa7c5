"""What a network tells us comes in whole, once, and by whom it was said."""

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from handlers.networks import Can, Push, Unread
from handlers.ports import NO_ANSWER
from tests.networks.contract.asking import acted, answer, ear, needs, said_and_heard, unlike, usually_private, ways
from tests.networks.contract.extras import customers_write, garbles
from tests.networks.contract.following import followed, stirred

CLOCKS_DIFFER = timedelta(seconds=5)
MOST_RAW, MOST_CONTEXT = 200_000, 4_096
SIGNS = (
    "1 < 2 & 3 > 2, <b>not bold</b> &amp; “quoted”\n"
    "👩🏽‍🚀 🇫🇷 naïve façade 你好\n"  # an astronaut of five signs, held together by one of no width
    "שלום עולם مرحبا بالعالم\n"
    "see https://example.com/a/rather/long/way/to/the/page.html?case=1&lang=en#there"
)


async def test_what_a_customer_wrote_comes_in_once_and_whole(stage, scene):
    private, began = usually_private(scene), datetime.now(UTC)
    said = unlike("Is my data safe?")
    hearing = ear(stage)
    external_id = await stage.say(said, private=private)
    (heard,) = await hearing.until(external_id)
    await hearing.ask()
    assert [one.external_id for one in hearing.mentions].count(external_id) == 1
    assert said in heard.text
    assert heard.network == stage.source.name
    assert heard.private is private
    assert heard.customer.external_id and heard.conversation_id
    assert heard.posted_at.tzinfo is not None
    assert began - CLOCKS_DIFFER <= heard.posted_at <= datetime.now(UTC) + CLOCKS_DIFFER
    assert heard.url is None or heard.url.startswith(("https://", "http://"))
    assert heard.no_answer in ("", *NO_ANSWER)


async def test_the_vendors_own_words_are_kept_and_what_is_handed_on_is_bounded(stage, scene):
    heard = await said_and_heard(stage, unlike("Is my data safe?"), private=usually_private(scene))
    assert heard.raw and len(heard.raw.encode()) <= MOST_RAW
    json.loads(heard.raw)
    assert len(heard.context.encode()) <= MOST_CONTEXT


async def test_what_was_written_in_private_is_private(stage, scene):
    needs(scene.hearing.private, "nothing private is heard there")
    heard = await said_and_heard(stage, unlike("My account is 1234."), private=True)
    assert heard.private is True


async def test_each_customer_is_known_again_and_told_from_the_others(stage, scene):
    needs(scene.abilities, "a site writes, not a customer")
    private = usually_private(scene)
    ids = [await stage.say(unlike("Hello?"), customer=name, private=private) for name in ("anna", "bruno", "anna")]
    first, other, again = await ear(stage).until(*ids)
    assert first.customer.external_id == again.customer.external_id != other.customer.external_id
    assert first.customer.handle or first.customer.name


async def test_the_first_look_finds_what_came_before_we_did(stage, scene):
    private = usually_private(scene)
    ids = [await stage.say(unlike(f"Before, {n}"), private=private) for n in range(3)]
    _, stage.source = await stage.again()
    await ear(stage).until(*ids)


async def test_a_customers_answer_to_our_answer_belongs_to_the_same_conversation(stage, scene):
    for private in ways(scene):
        asked = await said_and_heard(stage, unlike("Is my data safe?"), private=private)
        published = await stage.network.publish(answer(asked))
        again = await said_and_heard(stage, unlike("And my address?"), to=published.external_id, private=private)
        assert again.conversation_id == asked.conversation_id, f"private: {private}"


async def test_two_customers_are_two_conversations(stage, scene):
    needs(scene.abilities, "a site writes, not a customer")
    private = usually_private(scene)
    one, other = [await stage.say(unlike("Is my data safe?"), customer=name, private=private) for name in ("anna", "bruno")]
    first, second = await ear(stage).until(one, other)
    assert first.conversation_id != second.conversation_id


async def test_what_we_say_ourselves_is_no_mention(stage, scene):
    mine = await acted(stage.say_as_us(unlike("We are looking into it.")))
    hearing = ear(stage)
    heard = await said_and_heard(stage, unlike("Thanks!"), private=usually_private(scene))
    sent = []
    for private in ways(scene):
        asked = await said_and_heard(stage, unlike("Is my data safe?"), private=private)
        sent.append(await stage.network.publish(answer(asked)))
    last = await stage.say(unlike("So?"), customer="bruno", private=usually_private(scene))
    await hearing.until(heard.external_id, last)
    assert {mine, *(one.external_id for one in sent)}.isdisjoint(one.external_id for one in hearing.mentions)


async def test_whoever_only_looks_like_us_is_a_customer(stage, scene):
    fake = await acted(stage.say_as_impostor(unlike("Send us your password!")))
    real = await stage.say(unlike("Is this you?"), private=usually_private(scene))
    heard, asked = await ear(stage).until(fake, real)
    assert heard.customer.external_id != asked.customer.external_id


async def test_emoji_right_to_left_words_signs_of_markup_and_links_come_in_as_they_are(stage, scene):
    heard = await said_and_heard(stage, said := unlike(SIGNS), private=usually_private(scene))
    for line in said.splitlines():
        assert line in heard.text
    assert heard.text.count("\n") >= said.count("\n"), "lines are kept apart"


async def test_ten_thousand_characters_come_in_whole(stage, scene):
    said = unlike("So long a letter. " * 600)[-customers_write(stage) :].strip()
    heard = await said_and_heard(stage, said, private=usually_private(scene))
    assert said in heard.text, f"{len(heard.text)} of {len(said)} characters: a stage may say `customers_write`"


async def test_what_is_edited_comes_in_anew(stage, scene):
    needs(scene.hearing.edits, "nobody tells of edits there")
    async with followed(stage) as hearing:
        external_id = await stage.say(unlike("My PIN is 1234"), private=usually_private(scene))
        await hearing.until(external_id)
        await stage.edit(external_id, now := unlike("Never mind"))
        await hearing.hears(lambda: any(now in text for text in hearing.edited(external_id)), "the edit never came")


async def test_what_its_author_took_away_is_told(stage, scene):
    needs(scene.hearing.deletions, "nobody tells of deletions there")
    async with followed(stage) as hearing:
        external_id = await stage.say(unlike("My PIN is 1234"), private=usually_private(scene))
        await hearing.until(external_id)
        await stage.take_away(external_id)
        await hearing.hears(lambda: hearing.deleted(external_id), "the deletion never came")


async def test_what_cannot_be_read_is_set_aside_and_the_rest_goes_on(stage, scene):
    needs(garbles(stage), "this stage cannot garble")
    private = usually_private(scene)
    before = await stage.say(unlike("Before"), private=private)
    await stage.garble()
    after = await stage.say(unlike("After"), private=private)
    hearing = ear(stage)
    await hearing.until(before, after)
    aside = [one for one in hearing.heard if isinstance(one, Unread)]
    assert aside and all(one.raw and one.because for one in aside)


async def test_what_pushes_tells_of_a_mention_within_five_seconds(stage, scene):
    needs(scene.hearing.push is not Push.NONE, "nothing pushes there")
    async with stirred(stage.source) as told:
        before = len(told)
        await stage.say(unlike("Is my data safe?"), private=usually_private(scene))
        await told.beyond(before, within=5)


async def test_silence_is_not_told_again_and_again(stage, scene):
    async with stirred(stage.source) as told:
        assert len(told) <= 3


async def test_one_harmless_call_tells_who_we_are_and_what_we_may(stage, scene):
    before = list(await stage.ours()) if scene.abilities else []
    standing = await stage.source.standing()
    assert standing.account
    assert Can.HEAR in standing.may or Can.HEAR_PRIVATE in standing.may
    assert not set(standing.may) & set(standing.may_not)
    assert standing.expires_at is None or standing.expires_at.tzinfo is not None
    with suppress(NotImplementedError):
        assert (list(await stage.ours()) if scene.abilities else []) == before
