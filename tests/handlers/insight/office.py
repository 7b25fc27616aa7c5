"""What people type about digests, and what the clock and the sender then do."""

from handlers.insight.commands import understand
from handlers.insight.spoken import DigestsSpoken


async def say(office, who, text):
    return await DigestsSpoken(office.house.insight).obey(who, understand(text.split()))


async def fire(office, seconds=3):
    await office.house.insight.digests.fire()
    await office.send(seconds)


def cards(office, channel="C5"):
    return [one.card for one in office.slack.messages if one.place.channel_id == channel]


def until(card):
    return card.title.facts["until"]
