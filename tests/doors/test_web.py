"""What a host asks of the process: alive, ready, counted; and a fault that says nothing of the inside."""

from dataclasses import dataclass, field

import httpx
import pytest
import sqlalchemy as sa
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr
from starlette.routing import Route

from bot.metrics import Own
from bot.settings import read_settings
from bot.web import Probes, web_app
from handlers.errors import DoorClosed
from handlers.vitals import Vitals
from storage.database import Store
from storage.migrate import upgrade
from tests.databases import drivers_at_rest
from tests.handlers.sending import post_office


@dataclass
class Watched:
    """A watch whose last look found this."""

    own: list[str] = field(default_factory=list)
    shared: list[str] = field(default_factory=list)

    def unfit(self):
        return self.own

    def found(self):
        return self.own + self.shared


def web(store, token=None, routes=(), watch=None, private=True):
    secret = SecretStr(token) if token else None
    own = Own()
    app = web_app([*Probes(Vitals(store), watch or Watched(), secret, private, own).routes(), *routes], own.requests)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url="http://tocsin")


def values(text):
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_it_is_alive_and_ready(store):
    async with web(store) as client:
        assert (await client.get("/healthz")).text == "ok"
        answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "wrong": [], "found": []})


async def test_what_the_last_look_found_wrong_is_said_once(store):
    async with web(store, watch=Watched(["disk_full"])) as client:
        answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()["wrong"]) == (503, ["disk_full"])


async def test_a_tick_that_stopped_is_said(store):
    async with web(store, watch=Watched(["tick_late:recover"])) as client:
        answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()["wrong"]) == (503, ["tick_late:recover"])


async def test_what_all_replicas_share_is_said_but_takes_none_of_them_away_from_the_balancer(store):
    async with web(store, watch=Watched(shared=["lanes_stalled", "steps_overdue"])) as client:
        answer = await client.get("/readyz")
        found = values((await client.get("/metrics")).text)
    assert (answer.status_code, answer.json()["found"]) == (200, ["lanes_stalled", "steps_overdue"])
    assert found[("tocsin_watch", "lanes_stalled")] == 1 and found[("tocsin_watch", "ticks_late")] == 0


async def test_a_database_of_an_older_shape_is_not_ready(empty_database):
    store = Store(empty_database)
    async with web(store) as client:
        assert (await client.get("/readyz")).json() == {"ready": False, "wrong": ["database_old"], "found": []}
        await upgrade(store)
        assert (await client.get("/readyz")).status_code == 200
    await store.close()


@pytest.mark.parametrize("url", ["postgresql://u:hunter2@127.0.0.1:1/gone", "sqlite:////no/such/folder/tocsin.db"])
async def test_a_database_that_is_away_is_not_ready_and_its_address_is_not_told(url):
    store = Store(url)
    async with web(store) as client:
        assert (await client.get("/healthz")).status_code == 200
        ready = await client.get("/readyz")
        metrics = await client.get("/metrics")
    assert (ready.status_code, ready.json()) == (503, {"ready": False, "wrong": ["database_away"], "found": []})
    assert values(metrics.text)[("tocsin_watch", "database_away")] == 1, "it is now that somebody looks"
    assert "hunter2" not in ready.text + metrics.text and ("tocsin_cases_unowned",) not in values(metrics.text)
    await store.close()
    await drivers_at_rest()


async def test_the_metrics_count_what_came_what_waits_and_how_the_doors_fare(store, dial):
    post = await post_office(store, dial, fallback=False)
    for text in ("critical", "low", "my_data", "ordinary question"):
        await post.house.case(text)
    ana = await post.house.person("Ana")
    await post.house.cases.next(ana)
    post.slack.closed["C1"] = DoorClosed("is_archived")
    await post.send()
    dial.forward(seconds=90)
    async with web(store) as client:
        answer = await client.get("/metrics")
    found = values(answer.text)
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert found[("tocsin_mentions_total", "x")] == found[("tocsin_cases_total",)] == 4
    assert found[("tocsin_cases_open", "critical", "true")] == found[("tocsin_cases_open", "low", "true")] == 1
    assert found[("tocsin_cases_open", "normal", "true")] == found[("tocsin_cases_open", "false", "normal")] == 1
    assert found[("tocsin_cases_open", "high", "true")] == 0
    assert (found[("tocsin_cases_unowned",)], found[("tocsin_oldest_unowned_seconds",)]) == (3, 90)
    assert found[("tocsin_outbox_rows", "pending", "slack:C1")] == 3
    assert found[("tocsin_outbox_oldest_seconds", "pending", "slack:C1")] == 90
    assert (found[("tocsin_door_up", "slack:C1")], found[("tocsin_door_up", "slack:C2")]) == (0, 1)
    assert found[("tocsin_door_last_success_timestamp_seconds", "slack:C2")] == dial.at.timestamp() - 90


async def test_the_metrics_say_no_word_of_anybody(store, dial):
    post = await post_office(store, dial)
    await post.house.case("SECRETWORD my_data", by="SECRETNAME")
    await post.send()
    async with web(store) as client:
        assert "SECRET" not in (await client.get("/metrics")).text


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({}, 401),
        ({"authorization": "Bearer wrong"}, 401),
        ({"authorization": "Bearer é".encode()}, 401),
        ({"authorization": "Bearer tok"}, 200),
    ],
)
async def test_a_token_guards_the_metrics(store, given, status):
    async with web(store, token="tok") as client:
        assert (await client.get("/metrics", headers=given)).status_code == status


async def test_without_a_token_the_metrics_are_told_to_this_machine_alone(store):
    async with web(store, private=False) as client:
        assert (await client.get("/metrics")).status_code == 401
        assert (await client.get("/metrics", headers={"authorization": "Bearer "})).status_code == 401
        assert (await client.get("/readyz")).status_code == 200


@pytest.mark.parametrize(
    ("given", "private"),
    [({}, True), ({"HOST": "::1"}, True), ({"HOST": "0.0.0.0"}, False), ({"TOCSIN_PUBLIC_URL": "https://crisis.example.com"}, False)],
)
def test_a_bot_that_others_can_reach_is_not_private(given, private):
    assert read_settings(_env_file=None, **{"HOST": "127.0.0.1", **given}).is_private is private


async def test_no_answer_leads_to_a_host_that_the_caller_named(store):
    async with web(store) as client:
        answer = await client.get("/healthz/", headers={"host": "evil.example"})
    assert (answer.status_code, answer.headers.get("location")) == (404, None)


async def test_a_fault_says_nothing_of_the_inside(store):
    async def broken(_):
        raise sa.exc.OperationalError("SELECT secret", {}, Exception("hunter2"))

    async with web(store, routes=[Route("/broken", broken)]) as client:
        answer = await client.get("/broken")
    assert answer.status_code == 500 and set(answer.json()) == {"error", "reference"}
    assert "secret" not in answer.text and "hunter2" not in answer.text


def test_no_repr_of_the_settings_holds_a_password():
    assert "hunter2" not in repr(read_settings(DATABASE_URL="postgresql://u:hunter2@h/db", SLACK_BOT_TOKEN="xoxb-hunter2"))
