"""To log in is rationed, tokens end, app passwords are revoked: we log in rarely and say at once when nobody lets us in."""

import subprocess
import sys

import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.networks.bluesky.session import Session
from bot.networks.bluesky.web import Web
from handlers.errors import DoorClosed, TryLater
from tests.builders import ROOT

LOGIN, REFRESH = "com.atproto.server.createSession", "com.atproto.server.refreshSession"


async def test_a_day_of_listening_logs_in_once(house):
    source, cursor = house.source(), None
    for _ in range(24 * 4 + 1):
        cursor = (await source.since(cursor)).cursor
        house.dial.now += 900.5
    assert house.fake.times(LOGIN) == 1
    assert 90 <= house.fake.times(REFRESH) <= 97


async def test_a_session_that_the_server_forgot_is_begun_anew(house):
    source = house.source()
    await source.since(None)
    house.fake.end_sessions()
    await source.since(None)
    assert house.fake.times(LOGIN) == 2


async def test_a_revoked_app_password_closes_the_door_within_a_quarter_of_an_hour(house):
    source = house.source()
    await source.since(None)
    house.fake.revoke()
    await source.since(None)
    house.dial.now += 901
    with pytest.raises(DoorClosed) as closed:
        await source.since(None)
    assert closed.value.whole and "Invalid identifier or password" in closed.value.reason


async def test_a_wrong_password_is_tried_rarely_and_told_every_time(house):
    house.fake.password = "another"
    source = house.source()
    source.xrpc.session._password = SecretStr("wrong")
    for _ in range(60):  # ten minutes
        with pytest.raises(DoorClosed):
            await source.since(None)
        house.dial.now += 10
    assert house.fake.times(LOGIN) <= 5


async def test_a_right_password_opens_the_door_again(house):
    source = house.source()
    right, house.fake.password = house.fake.password, "another"
    with pytest.raises(DoorClosed):
        await source.since(None)
    house.fake.password = right
    house.dial.now += 61
    await source.since(None)


async def test_new_tokens_that_are_not_accepted_either_do_not_burn_the_ration(house):
    source = house.source()
    await source.since(None)
    for _ in range(40):
        house.fake.faults.extend(["", "dead_token", "", "dead_token"])
        house.fake.end_sessions()
        with pytest.raises(DoorClosed):
            for _ in range(4):
                await source.since(None)
        house.fake.faults.clear()
        house.dial.now += 10
    assert house.fake.times(LOGIN) <= 10


async def test_when_the_ration_is_spent_nobody_asks_before_it_is_back(house):
    for _ in range(30):
        house.fake.limits.spend("createSession", house.fake.us.handle, 1, house.dial.now)
    source = house.source()
    with pytest.raises(TryLater) as later:
        await source.since(None)
    assert 200 < later.value.after.total_seconds() <= 302
    with pytest.raises(TryLater):
        await source.since(None)
    assert house.fake.times(LOGIN) == 1


async def test_where_we_log_in_may_be_away_while_a_token_lasts(house):
    source = house.source()
    await source.since(None)
    where, source.xrpc.session._url = source.xrpc.session._url, "http://127.0.0.1:9"
    for _ in range(7):
        house.dial.now += 901
        await source.since(None)
    house.dial.now += 901
    with pytest.raises(TryLater):
        await source.since(None)
    source.xrpc.session._url = where
    await source.since(None)
    assert house.fake.times(LOGIN) == 1


async def test_an_account_that_is_shut_closes_the_door(house):
    source = house.source()
    await source.since(None)
    house.fake.calls.get_session = lambda us, said: {"did": us.did, "handle": us.handle, "active": False, "status": "suspended"}
    with pytest.raises(DoorClosed) as closed:
        await source.standing()
    assert closed.value.reason == "suspended" and closed.value.whole


@pytest.mark.parametrize(
    ("url", "endpoint", "host"),
    [
        ("https://bsky.social", "https://morel.us-east.host.bsky.network", "https://morel.us-east.host.bsky.network"),
        ("https://bsky.social", "http://morel.us-east.host.bsky.network", "https://bsky.social"),
        ("https://bsky.social", "http://127.0.0.1:8000", "https://bsky.social"),
        ("https://bsky.social", "https://user:secret@evil.test", "https://bsky.social"),
        ("http://127.0.0.1:1", "http://localhost:2", "http://localhost:2"),
        ("https://bsky.social", "", "https://bsky.social"),
    ],
)
def test_calls_go_where_the_account_is_kept_if_that_is_safe(url, endpoint, host):
    session = Session(Web(), url, "meridia.test", SecretStr("x"))
    document = {
        "service": [{"id": "#other", "serviceEndpoint": "https://other.test"}, 7, {"id": "#atproto_pds", "serviceEndpoint": endpoint}]
    }
    assert session._host(document) == host
    assert session._host(None) == session._host({"service": 3}) == url


async def test_a_redirect_does_not_take_our_token_elsewhere(house):
    taken = []

    async def answer(request):
        taken.append(request.headers.get("Authorization"))
        return web.json_response({})

    async def redirect(request):
        raise web.HTTPFound(f"http://127.0.0.1:{other}/xrpc/x")

    runners, ports = [], []
    for handler in (answer, redirect):
        app = web.Application()
        app.router.add_route("*", "/xrpc/{name}", handler)
        runners.append(web.AppRunner(app))
        await runners[-1].setup()
        await web.TCPSite(runners[-1], "127.0.0.1", 0).start()
        ports.append(runners[-1].addresses[0][1])
    other = ports[0]
    source = house.source()
    await source.since(None)
    house.fake.elsewhere = f"http://127.0.0.1:{ports[1]}"
    house.fake.end_sessions()
    with pytest.raises(TryLater) as later:
        await source.since(None)
    assert later.value.reason == "redirected" and taken == []
    for runner in runners:
        await runner.cleanup()


def test_whoever_does_not_use_it_does_not_pay_for_it():
    code = "import sys, bot.networks.bluesky; sys.exit(any(n in sys.modules for n in ('httpx', 'regex', 'atproto_client')))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
