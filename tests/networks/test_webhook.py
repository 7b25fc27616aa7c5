"""POST /hooks/{source}: only what is signed, each delivery once, nothing that was accepted lost."""

import asyncio
import hmac
import json
import shutil
import subprocess
import time
from base64 import b64encode
from datetime import UTC, datetime

import httpx
import pytest
import sqlalchemy as sa
from pydantic import SecretStr
from standardwebhooks.webhooks import Webhook

from bot.networks.webhook import WebhookDoor
from bot.web import web_app
from handlers.inbox import Inbox
from handlers.intake import Intake
from handlers.mentions import Mentions
from storage import tables
from tests.networks.test_wire import GOOD

OLD, NEW = ("whsec_" + b64encode(bytes([number]) * 32).decode() for number in (1, 2))
SECRETS = {"acme": SecretStr(f"{OLD} {NEW}"), "other": SecretStr(NEW), "broken": SecretStr("whsec_ not!base64 whsec_c2hvcnQ=")}


def headers(body, *, secret=OLD, delivery="d1", at=None):
    """As the official library signs; the body is text for it."""
    moment = datetime.fromtimestamp(at or time.time(), UTC)
    signature = Webhook(secret).sign(delivery, moment, body)
    return {"webhook-id": delivery, "webhook-timestamp": str(int(moment.timestamp())), "webhook-signature": signature}


@pytest.fixture
async def door(house):
    async with client(house.inbox) as opened:
        yield opened


def client(inbox):
    app = web_app(WebhookDoor(inbox, SECRETS).routes())
    return httpx.AsyncClient(transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url="http://tocsin")


def body(**changes):
    return json.dumps({**GOOD, **changes}, ensure_ascii=False)


async def deliver(door, content, given=None, source="acme", **signed):
    text = content if isinstance(content, str) else content.decode("latin-1")
    return await door.post(f"/hooks/{source}", content=content, headers=given or headers(text, **signed))


async def count(house, table):
    async with house.store.read() as work:
        return await work.scalar(sa.select(sa.func.count()).select_from(table))


async def test_what_is_signed_is_stored_before_it_is_answered(door, house):
    answer = await deliver(door, body())
    assert answer.status_code == 200 and answer.json() == {"case": 1, "new": True}
    assert await count(house, tables.mentions) == await count(house, tables.raw_payloads) == 1


async def test_a_replayed_delivery_and_a_repeated_mention_are_known(door, house):
    await deliver(door, body())
    assert (await deliver(door, body())).json() == {"new": False}
    assert (await deliver(door, body(), delivery="d2")).json() == {"case": 1, "new": False}
    assert await count(house, tables.mentions) == 1


async def test_the_same_delivery_five_times_at_once_is_stored_once(door, house):
    answers = await asyncio.gather(*(deliver(door, body()) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {200}
    assert await count(house, tables.mentions) == 1


async def test_either_secret_opens_while_one_is_replaced_by_another(door):
    assert (await deliver(door, body(), secret=OLD)).status_code == 200
    assert (await deliver(door, body(), secret=NEW, delivery="d2")).status_code == 200
    both = headers(body(), delivery="d3")
    both["webhook-signature"] = f"v1a,notours junk v1,AAAA {both['webhook-signature']}"
    assert (await deliver(door, body(), both)).status_code == 200


async def test_svix_names_its_headers_otherwise(door):
    given = {name.replace("webhook", "svix"): value for name, value in headers(body()).items()}
    assert (await deliver(door, body(), given)).status_code == 200


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
async def test_a_missing_header_is_no_signature(door, name):
    given = headers(body())
    del given[name]
    assert (await deliver(door, body(), given)).status_code == 401


@pytest.mark.parametrize(
    "changes",
    [
        {"webhook-id": "d2"},
        {"webhook-timestamp": lambda: str(int(time.time()) + 3)},
        {"webhook-timestamp": "soon"},
        {"webhook-timestamp": "-1"},
        {"webhook-timestamp": "9" * 30},
        {"webhook-timestamp": "1e9"},
        {"webhook-signature": "v1,"},
        {"webhook-signature": "v1,é".encode()},
        {"webhook-signature": ","},
        {"webhook-signature": "v2,AAAA"},
    ],
)
async def test_what_was_not_signed_as_it_stands_is_refused(door, house, changes):
    changed = {name: value() if callable(value) else value for name, value in changes.items()}
    answer = await deliver(door, body(), headers(body()) | changed)
    assert answer.status_code == 401 and answer.json() == {"error": "signature"}
    assert await count(house, tables.mentions) == await count(house, tables.raw_payloads) == 0


async def test_another_body_another_source_and_another_secret_are_refused(door):
    assert (await deliver(door, body(text="other"), headers(body()))).status_code == 401
    assert (await deliver(door, body(), source="other")).status_code == 401
    assert (await deliver(door, body(), source="nobody")).status_code == 401
    stranger = "whsec_" + b64encode(b"9" * 32).decode()
    assert (await deliver(door, body(), secret=stranger)).status_code == 401


async def test_a_secret_that_cannot_sign_opens_nothing(door):
    for weak in ("whsec_c2hvcnQ=", OLD):
        assert (await deliver(door, body(), source="broken", secret=weak)).status_code == 401


@pytest.mark.parametrize("minutes", [-6, 6])
async def test_five_minutes_old_or_ahead_is_too_much(door, minutes):
    assert (await deliver(door, body(), at=time.time() + 60 * minutes)).status_code == 401
    assert (await deliver(door, body(), at=time.time() + 60 * minutes * 0.7)).status_code == 200


@pytest.mark.parametrize(
    ("content", "field"),
    [("{", "body"), ('{"a":' * 20_000, "body"), (body(network="!"), "network"), ("", "body"), (body(**{"x\x00y": 1}), "x\x00y")],
)
async def test_what_is_signed_but_malformed_is_told_by_field_and_kept_aside(door, house, content, field):
    answer = await deliver(door, content)
    assert answer.status_code == 422 and set(answer.json()["fields"]) == {field}
    async with house.store.read() as work:
        kept = (await work.execute(sa.select(tables.raw_payloads))).one()
    assert kept.source == "acme" and kept.refused_because and kept.mention_id is None
    assert await count(house, tables.mentions) == 0


async def test_bytes_that_are_no_utf8_but_signed_are_malformed_not_forged(door, house):
    content, at = b'{"text": "\xe9\x00"}', str(int(time.time()))
    right = hmac.digest(bytes([1]) * 32, b"d1." + at.encode() + b"." + content, "sha256")
    given = {"webhook-id": "d1", "webhook-timestamp": at, "webhook-signature": "v1," + b64encode(right).decode()}
    answer = await deliver(door, content, given)
    assert answer.status_code == 422 and "UTF-8" in answer.json()["fields"]["body"]
    assert await count(house, tables.raw_payloads) == 1


async def test_a_million_bytes_fit_and_one_more_does_not(door):
    content = body()
    full = content[:-1] + " " * (1_000_000 - len(content.encode())) + "}"
    assert (await deliver(door, full)).status_code == 200
    answer = await deliver(door, full + " ")
    assert answer.status_code == 413 and answer.json()["most"] == 1_000_000


async def test_signs_that_no_database_keeps_cost_no_message(door, house):
    odd = body(text="a\x00b", external_id="m\x00", customer={"external_id": "u\x00", "handle": "\x00", "name": "n\x00"})
    assert (await deliver(door, odd)).status_code == 200
    assert (await deliver(door, odd, delivery="d2")).json() == {"case": 1, "new": False}
    async with house.store.read() as work:
        assert await work.scalar(sa.select(tables.mentions.c.text)) == "a\ufffdb"


async def test_only_post_is_heard(door):
    assert (await door.get("/hooks/acme")).status_code == 405


class OneIsCursed:
    """A machine that stumbles over one text; the rest it hands on."""

    def __init__(self, machine):
        self.machine = machine

    async def suggest(self, texts, hints):
        if "cursed" in texts:
            raise RuntimeError("stumbled")
        return await self.machine.suggest(texts, hints)


async def test_one_bad_message_takes_no_other_of_its_batch_down(house):
    intake = Intake(Mentions(house.store, house.course, house.flow, OneIsCursed(house.machine)))
    async with client(Inbox(house.store, intake)) as door:
        texts = ["one", "cursed", "two", "three"]
        answers = await asyncio.gather(*(deliver(door, body(text=text, external_id=text), delivery=text) for text in texts))
    assert [answer.status_code for answer in answers] == [200, 503, 200, 200]
    assert answers[1].headers["retry-after"] and answers[1].json() == {"error": "not_stored"}
    assert await count(house, tables.mentions) == 3


async def test_overload_asks_to_come_again_and_takes_nothing(house):
    async with client(Inbox(house.store, Intake(house.mentions, most=0))) as door:
        answer = await deliver(door, body())
    assert (answer.status_code, answer.json()["error"], answer.headers["retry-after"]) == (503, "overloaded", "5")
    assert await count(house, tables.mentions) == 0


async def test_a_database_that_is_away_is_503_for_good_and_malformed_alike_and_nothing_is_lost(house):
    async with house.store.begin() as work:
        for table in ("raw_payloads", "mention_changes", "deliveries"):
            await work.execute(sa.text(f"ALTER TABLE {table} RENAME TO {table}_away"))
        await work.commit()
    async with client(house.inbox) as door:
        for content in (body(), "{"):
            assert (await deliver(door, content)).status_code == 503
        async with house.store.begin() as work:
            for table in ("raw_payloads", "mention_changes", "deliveries"):
                await work.execute(sa.text(f"ALTER TABLE {table}_away RENAME TO {table}"))
            await work.commit()
        assert await count(house, tables.mentions) == 0
        assert (await deliver(door, body())).json() == {"case": 1, "new": True}


@pytest.fixture(scope="session")
def javascript(tmp_path_factory):
    """The JavaScript library of Standard Webhooks, from npm."""
    folder = tmp_path_factory.mktemp("npm")
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("no npm on this machine")
    made = subprocess.run(
        ["npm", "install", "--no-audit", "--no-fund", "--silent", "standardwebhooks@1.0.0"],
        cwd=folder,
        capture_output=True,
        timeout=60,
        check=False,
    )
    if made.returncode:
        pytest.skip("npm cannot fetch standardwebhooks")
    return folder


@pytest.mark.slow
async def test_another_languages_library_signs_what_we_accept(door, javascript):
    text = body(text="¿están seguros mis datos? 🙂")
    script = "const {Webhook}=require('standardwebhooks');const [s,id,at,b]=JSON.parse(require('fs').readFileSync(0));console.log(new Webhook(s).sign(id,new Date(at*1000),b))"
    at = int(time.time())
    signed = subprocess.run(  # noqa: ASYNC221
        ["node", "-e", script], input=json.dumps([OLD, "d1", at, text]), capture_output=True, text=True, cwd=javascript, check=True
    )
    given = {"webhook-id": "d1", "webhook-timestamp": str(at), "webhook-signature": signed.stdout.strip()}
    assert (await deliver(door, text.encode(), given)).status_code == 200
