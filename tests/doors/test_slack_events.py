"""/slack/events lets in what Slack has signed a moment ago, and nothing else."""

import io
import json
import time
from urllib.parse import urlencode

import aiohttp
import pytest

from tests.doors.slack_house import slack_house
from tests.fakes.slack import sign


@pytest.fixture
async def there(tmp_path):
    async with slack_house(tmp_path, by="http") as house:
        yield house


def form(payload: object) -> str:
    return urlencode({"payload": payload if isinstance(payload, str) else json.dumps(payload)})


CLICK = {
    "type": "block_actions",
    "user": {"id": "U1"},
    "actions": [{"action_id": "claim:1", "value": "1", "block_id": "b", "type": "button"}],
}


async def answer(there, body: str, *, secret: str | None = None, age: float = 0, signature: str | None = None) -> int:
    stamp = str(int(time.time() - age))
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": signature if signature is not None else sign(secret or there.slack.signing_secret, stamp, body),
    }
    async with (
        aiohttp.ClientSession() as session,
        session.post(there.slack.http_target, data=io.BytesIO(body.encode()), headers=headers) as response,
    ):
        return response.status


async def test_what_slack_signed_just_now_is_heard(there):
    assert await answer(there, form(CLICK)) == 200


async def test_what_somebody_else_signed_is_refused(there):
    assert await answer(there, form(CLICK), secret="guessed") == 401


@pytest.mark.parametrize("signature", ["", "v0=", "v1=00", "v0=é"])
async def test_a_signature_that_is_none_is_refused(there, signature):
    assert await answer(there, form(CLICK), signature=signature.encode().decode("latin-1")) == 401


async def test_a_recording_played_again_later_is_refused(there):
    assert await answer(there, form(CLICK), age=299) == 200
    assert await answer(there, form(CLICK), age=302) == 401


async def test_a_body_beyond_a_megabyte_is_not_read_to_its_end(there):
    assert await answer(there, form("x" * 1_100_000)) == 413


@pytest.mark.parametrize("payload", ["{", "[]", '"x"', "[" * 100_000, "null"])
async def test_signed_nonsense_gets_an_answer_that_says_nothing_of_the_inside(there, payload):
    assert await answer(there, form(payload)) in (200, 400, 404)


async def test_there_is_no_way_in_by_http_while_socket_mode_is_used(tmp_path):
    async with slack_house(tmp_path) as there:
        assert there.door.routes == []
