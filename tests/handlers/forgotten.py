"""What the tests of erasing share: somebody whose every string can be told, a story in which all kinds of words about them are written."""

import json
from dataclasses import replace

import sqlalchemy as sa

from handlers.answers.drafts import Wording
from handlers.erasure import Erasure
from handlers.ports import Customer, Event
from storage import timeline
from storage.tables import metadata
from tests.builders import mention

SECRET = "canary"  # stands in everything that is theirs
SAID = f"do you even read what people write to you here? {SECRET}-said"
ANSWER = f"I am sorry that it looks that way. I do read what people write to us here, yours too. {SECRET}-answer. Ana"


def theirs(text=SAID, *, number=1, by=f"{SECRET}-id", **changes):
    customer = changes.pop("customer", Customer(by, f"@{by}-handle", f"{by} name", reach=7))
    plain = {"external_id": f"{SECRET}-m{number}", "conversation_id": f"{SECRET}-c", "url": f"https://x.example/{SECRET}/{number}"}
    return replace(mention(text, customer=customer, **(plain | changes)), raw=json.dumps({"who": by}))


async def everything(store):
    """Every row of every table, as text."""
    async with store.read() as work:
        return {table.name: [str(tuple(row)) for row in await work.execute(sa.select(table))] for table in metadata.sorted_tables}


async def left(store, secret=SECRET):
    """Tables in which the person's words still stand."""
    return {
        name: [row for row in rows if secret in row.lower()]
        for name, rows in (await everything(store)).items()
        if secret in str(rows).lower()
    }


async def erase(post, name=f"@{SECRET}-id-handle", network="x"):
    erasure = Erasure(post.store, post.house.board)
    return await erasure.erase(await erasure.find(network, name))


async def whole(post):
    async with post.store.read() as work:
        return (await timeline.verify(work))[1] == []


async def story(post, ana, lea):
    """A conversation with everything that may be written in it; the case's number."""
    (receipt,) = await post.house.mentions.receive([theirs()])
    number = receipt.case_id
    await post.house.mentions.receive([theirs(f"and another {SECRET}", number=2)])
    await post.house.mentions.receive([replace(theirs(f"edited {SECRET}"), event=Event.EDITED)])
    await post.house.inbox.set_aside("webhook", f'{{"broken": "{SECRET}-id"}}', "no text")
    await post.house.cases.note(ana, number, f"she called: {SECRET}-note")
    await post.house.callbacks.ask(ana, number, "Ana", f"+34 600 {SECRET}-phone")
    await post.house.drafts.keep(lea, number, f"I was just typing {SECRET}-writing")
    proposed = await post.house.drafts.propose(ana, number, Wording(ANSWER, private=True))
    await post.send(10)
    await post.house.approvals.approve(lea, proposed.version_id)
    await post.send(10)
    second = await post.house.drafts.propose(ana, number, Wording(ANSWER + " I am still here for you.", private=True))
    await post.house.approvals.reject(lea, second.version_id, f"not to her, {SECRET}-reason")
    await post.send(20)
    return number
