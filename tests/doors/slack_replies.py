"""One reply in Slack, from its form to its card: what the tests of answers by clicks share."""

from storage import cases as case_rows
from tests.doors.slack_house import SlackHouse, until
from tests.fakes.slack import problems, view_problems

SAID = {
    "en": "do you even read what people write to you here?",
    "es": "¿de verdad leéis lo que la gente os escribe aquí?",
    "fr": "est-ce que vous lisez ce que les gens vous écrivent ici ?",
}
ANSWER = {
    "en": "I do read what people write to us here, yours too. Ana",
    "es": "Sí que leo lo que la gente nos escribe aquí, también lo tuyo. Ana",
    "fr": "Je lis bien ce que les gens nous écrivent ici, vous aussi. Ana",
}
QUICK = {"channel_posts_per_second": 20.0, "workspace_posts_per_minute": 10_000, "burst": 20}


def every_card_is_one_that_slack_takes(there: SlackHouse) -> None:
    shown = [message for channel in there.slack.state.channels.values() for message in channel.messages]
    for message in (*shown, *(one.message for one in there.slack.ephemerals)):
        assert problems(message.get("blocks", [])) == []
    assert there.slack.meters.refused == []


async def begin(there: SlackHouse, user: str, message, act: str):
    """Open the form behind a button."""
    ack = await there.press(user, message, act)
    assert ack.acknowledged and ack.seconds < 3
    view = await there.opened(user, act)
    sendable = {key: view[key] for key in ("type", "title", "submit", "close", "blocks", "callback_id", "private_metadata")}
    assert view_problems(sendable) == []
    return view


def inputs(view) -> dict[str, str]:
    """Field → the block_id under which it now stands."""
    return {one["block_id"].partition("@")[0]: one["block_id"] for one in view["blocks"] if one["type"] == "input"}


def text_in(view) -> str:
    return next(one["element"] for one in view["blocks"] if one["block_id"] == inputs(view)["text"]).get("initial_value", "")


async def start_from(there: SlackHouse, user: str, start: str, words: str):
    """Choose a starting point and wait until the form holds its words anew."""
    before = there.slack.views_open(user)[-1]["hash"]
    await there.slack.click_in_view(user, "refill:start", start)
    return await until(lambda: next((one for one in there.slack.views_open(user) if one["hash"] != before and words in text_in(one)), None))


async def propose(there: SlackHouse, case: int, text: str, *, user: str | None = None, where: str = "private"):
    """Reply by the form; the card that waits for approval."""
    user = user or there.ana
    await begin(there, user, await there.card_of(case), "reply")
    sent = await there.slack.submit(user, values={"text": text, "where": where})
    assert sent.outcome == "closed", sent
    return await there.shown(text)


async def case_of(there: SlackHouse, case_id: int):
    async with there.house.store.read() as work:
        return await case_rows.get(work, case_id)


def now(there: SlackHouse, message):
    """The message as it stands at this moment."""
    return next(found for channel in there.slack.state.channels.values() if (found := channel.message(message["ts"])))
