"""/metrics as Prometheus reads it: named by its guide, bounded, right, and cheap however much came in."""

import re
import tomllib
from datetime import timedelta
from time import perf_counter

import pytest
import sqlalchemy as sa
import yaml
from prometheus_client.parser import text_string_to_metric_families

from bot.clock import Clock, Tick
from bot.metrics import Own, exposition
from bot.metrics.named import MOST, Named
from bot.metrics.process import VERSION
from handlers.answers.drafts import Wording
from handlers.errors import DoorClosed, Refused, TryLater
from handlers.tally import Tally
from handlers.vitals import Vitals
from storage import tables
from storage.database import Store
from tests.builders import ROOT, mention
from tests.counting import wrong_counts
from tests.databases import drivers_at_rest
from tests.doors.test_web import values, web
from tests.handlers.sending import post_office

ANSWER = "I am sorry that it looks that way. I do read what people write to us here, yours too. Ana"


@pytest.fixture
async def post(store, dial):
    return await post_office(store, dial)


async def told(store, own=None, vitals=None):
    return exposition(await (vitals or Vitals(store)).read(), [], own or Own()).decode()


async def read(store, own=None, vitals=None):
    return values(await told(store, own, vitals))


async def busy(post, dial):
    """A bit of everything; the own measures of a process that did it."""
    ana, lea = await post.house.person("Ana", "agent", "manager"), await post.house.person("Lea", "lead")
    for text in ("critical my_data", "low", "ordinary", "do you read what people write to you?"):
        number = await post.house.case(text)
    dial.forward(seconds=120)
    proposed = await post.house.drafts.propose(ana, number, Wording(ANSWER, private=False))
    await post.house.approvals.approve(lea, proposed.version_id)
    sender = post.sender()
    for _ in range(5):
        await sender.drain()
        dial.forward(seconds=1)
    await post.house.crises.open(ana, "Meridia")
    clock = Clock(None)
    clock.ticks.append(Tick("recover", post.house.ticks.recover, seconds=5))
    await clock.beat(clock.ticks[0])
    own = Own(clock, sends=sender.tally)
    own.requests.note(0.02, "console", "2xx")
    return own


async def test_every_name_follows_prometheus_guide(post, dial):
    """prometheus.io/docs/practices/naming: a prefix, base units, _total for what only grows, no unit or total in what is neither."""
    families = list(text_string_to_metric_families(await told(post.store, await busy(post, dial))))
    assert len(families) > 40
    for family in families:
        assert family.documentation and re.fullmatch(r"(tocsin|process|python)_[a-z_]+", family.name), family.name
        assert not re.search(r"_(ms|milliseconds|minutes|hours|kb|percent)(_|$)", family.name)
        is_counter = family.type == "counter"
        for sample in family.samples:
            assert not sample.name.endswith("_total") or is_counter, sample.name
            assert not is_counter or sample.name.endswith(("_total", "_created")), sample.name
            assert all(re.fullmatch("[a-z_]+", label) for label in sample.labels)
        keys = [(sample.name, *sorted(sample.labels.items())) for sample in family.samples]
        assert len(keys) == len(set(keys)), f"{family.name}: the same series twice"
    for histogram in (one for one in families if one.type == "histogram"):
        _whole(histogram)


def _whole(histogram):
    """Buckets grow, the last holds all, and there is a sum."""
    found = {}
    for sample in histogram.samples:
        key = tuple(sorted((name, value) for name, value in sample.labels.items() if name != "le"))
        found.setdefault(key, {}).setdefault(sample.name.rpartition("_")[2], []).append((sample.labels.get("le"), sample.value))
    for parts in found.values():
        counts = [value for _, value in parts["bucket"]]
        assert counts == sorted(counts) and parts["bucket"][-1] == ("+Inf", parts["count"][0][1]) and parts["sum"]


async def test_it_tells_how_the_crisis_stands(post, dial):
    own = await busy(post, dial)
    found = await read(post.store, own)
    assert (found[("tocsin_crisis_open",)], found[("tocsin_hold", "off")], found[("tocsin_hold", "silent")]) == (1, 1, 0)
    assert found[("tocsin_mentions_total", "x")] == found[("tocsin_cases_total",)] == 4
    assert found[("tocsin_first_answers_last_hour",)] == 1 and found[("tocsin_first_answer_seconds", "0.5")] >= 120
    assert found[("tocsin_oldest_unanswered_seconds",)] >= 120
    assert found[("tocsin_drafts", "in_approval")] == 0 and found[("tocsin_replies_unsent", "waiting")] == 0
    assert found[("tocsin_send_duration_seconds_count", "sent", "x")] == 1
    assert found[("tocsin_send_duration_seconds_count", "sent", "slack")] >= 4
    assert found[("tocsin_tick_duration_seconds_count", "recover", "well")] == 1 and found[("tocsin_tick_age_seconds", "recover")] < 60
    assert (
        found[("tocsin_build_info", VERSION)] == 1 and found[("tocsin_database_up",)] == 1 and found[("tocsin_database_query_seconds",)] > 0
    )
    assert found[("process_resident_memory_bytes",)] > 1e6 and ("process_start_time_seconds",) in found


async def test_what_waits_for_people_is_counted_and_timed(post, dial):
    ana = await post.house.person("Ana", "agent", "manager")
    await post.house.crises.open(ana, "Meridia")
    number = await post.house.case("do you read what people write to you? critical")
    await post.house.drafts.propose(ana, number, Wording(ANSWER, private=False))
    await post.house.holds.set(ana, "silent")
    dial.forward(seconds=300)
    found = await read(post.store)
    assert (found[("tocsin_drafts", "in_approval")], found[("tocsin_oldest_approval_seconds",)]) == (1, 300)
    assert (found[("tocsin_hold", "silent")], found[("tocsin_hold_seconds",)]) == (1, 300)


async def test_escalations_are_told_by_where_they_stand_also_those_of_which_there_are_none(post, dial):
    await post.house.person("Lea", "lead", "agent", slack_id="U2")
    await post.house.case("threat_to_life critical")
    dial.forward(hours=2)
    await post.house.climb.fire()
    found = await read(post.store)
    states = {key[1]: value for key, value in found.items() if key[0] == "tocsin_escalations"}
    assert set(states) == {"climbing", "acknowledged", "snoozed", "unanswered", "over"} and sum(states.values()) == 1


async def test_digests_owed_sent_and_failed_and_spikes(store, dial, house):
    ana = await house.person("Ana", "manager")
    row = {"workspace": "slack", "target": "C1", "name": "#crisis", "rhythm": "daily", "at": "08:30", "timezone": "UTC", "language": "en"}
    now = dial.at
    async with store.begin() as work:
        made = sa.insert(tables.subscriptions).values(**row, made_by=int(ana.external_id), made_at=now).returning(tables.subscriptions.c.id)
        subscription = (await work.execute(made)).scalar_one()
        for hours, more in ((1, {}), (2, {"sent_at": now}), (3, {"failed_at": now}), (30, {})):
            slot = {"slot": now - timedelta(hours=hours), "since": now, "until": now, "figures": {}, "composed_at": now}
            await work.execute(sa.insert(tables.digests).values(subscription_id=subscription, **slot, **more))
        for over in (None, now):
            await work.execute(sa.insert(tables.spikes).values(what="all", seen_at=now, count=9, usual=2, over_at=over))
        await work.commit()
    found = await read(store)
    assert {key[1]: value for key, value in found.items() if key[0] == "tocsin_digests_last_day"} == {"sent": 1, "failed": 1, "waiting": 1}
    assert (found[("tocsin_oldest_digest_seconds",)], found[("tocsin_digest_subscriptions",)]) == (3600, 1)
    assert (found[("tocsin_spikes_lasting",)], found[("tocsin_spikes_total",)]) == (1, 2)


async def test_outcomes_of_sends_are_told_apart(post, dial):
    post.slack.closed["C2"] = DoorClosed("is_archived")
    post.slack.fail.extend([TryLater("busy", timedelta(seconds=1)), Refused("no_text"), RuntimeError("?")])
    for text in ("one", "two", "three", "ordinary four"):
        await post.house.case(text)
    sender = post.sender()
    for _ in range(4):
        await sender.drain()
        dial.forward(seconds=2)
    found = await read(post.store, Own(sends=sender.tally))
    outcomes = {(key[1:], value) for key, value in found.items() if key[0] == "tocsin_send_duration_seconds_count"}
    expected = {"closed": 1, "later": 1, "refused": 1, "unconfirmed": 1, "sent": 1}
    assert outcomes == {(tuple(sorted(("slack", outcome))), count) for outcome, count in expected.items()}


async def test_what_is_read_again_goes_on_from_what_was_read(post, dial):
    """What is long past is added up once; what comes is added, nothing twice, and nothing is lost when a clock is set back."""
    vitals = Vitals(post.store)
    for total, step in enumerate((0, 1, 90, 150, 200, 1500, -400, 10, 3000), 1):
        dial.at += timedelta(minutes=step)
        await post.house.case(f"step {step}")
        await post.house.mentions.receive([mention("by mail", network="email")])
        found = await read(post.store, vitals=vitals)
        assert (found[("tocsin_mentions_total", "x")], found[("tocsin_mentions_total", "email")]) == (total, total)
        assert found[("tocsin_cases_total",)] == 2 * total
    assert await wrong_counts(post.store) == {}


async def test_drills_are_counted_nowhere(post):
    lea = await post.house.person("Lea", "lead", slack_id="U2")
    await post.house.escalation.drills.begin(lea)
    found = await read(post.store)
    assert found[("tocsin_cases_total",)] == 0 and sum(value for key, value in found.items() if key[0] == "tocsin_cases_open") == 0


def test_no_address_of_a_person_is_a_label_and_labels_end_somewhere():
    lanes = ["email:ana@acme.example", "email:bob@acme.example", "twilio:+34600123456", *(f"slack:D{number}" for number in range(3 * MOST))]
    named = Named(lanes)
    told_as = dict(named.together((lane, 1) for lane in lanes))
    assert (len(told_as["email"]), len(told_as["twilio"])) == (2, 1) and not any("@" in name or "+" in name for name in told_as)
    assert len(told_as) == MOST + 1 and sum(map(len, told_as.values())) == len(lanes)


async def test_many_networks_and_lanes_stay_few_series(post):
    names = [f"n{number}" for number in range(3 * MOST)]
    await post.house.mentions.receive([mention("hello", network=name) for name in names])
    async with post.store.begin() as work:
        made = await work.now()
        await work.execute(
            sa.insert(tables.outbox),
            [
                {"workspace": "slack", "lane": f"slack:D{number}", "act": "post", "kind": "words", "facts": {}, "token": f"t{number}", "severity": 0, "rank": 0.0}
                | {"state": "pending", "not_before": made, "created_at": made}
                for number in range(3 * MOST)
            ],
        )  # fmt: skip
        await work.commit()
    text = await told(post.store)
    found = values(text)
    assert sum(value for key, value in found.items() if key[0] == "tocsin_mentions_total") == 3 * MOST
    assert len(text.splitlines()) < 1500


async def test_without_the_database_it_tells_what_this_process_knows(tmp_path):
    own = Own()
    own.requests.note(0.1, "webhook", "5xx")
    store = Store("sqlite:////no/such/folder/tocsin.db")
    found = values(exposition(None, ["database_away"], own).decode())
    assert (found[("tocsin_database_up",)], found[("tocsin_watch", "database_away")]) == (0, 1)
    assert found[("tocsin_http_request_duration_seconds_count", "5xx", "webhook")] == 1 and ("process_cpu_seconds_total",) in found
    async with web(store) as client:
        assert (await client.get("/metrics")).status_code == 200
    await store.close()
    await drivers_at_rest()


@pytest.mark.alone
async def test_a_year_of_counts_is_read_in_a_tenth_of_a_second(store, dial):
    """Counts of 200,000 quarters, networks, languages and moods; the first reading adds them up, every other goes on from there."""
    began = dial.at - timedelta(days=365)
    names = [(network, language, mood) for network in "abcd" for language in ("en", "es", "fr") for mood in ("calm", "upset", "angry")]
    async with store.begin() as work:
        for start in range(0, 5600, 100):
            rows = [
                {"quarter": began + timedelta(minutes=90 * (start + step)), "network": network, "language": language, "mood": mood, "n": 5}
                for step in range(100)
                for network, language, mood in names
            ]
            await work.execute(sa.insert(tables.mention_counts), rows)
        await work.commit()
    vitals, took = Vitals(store), []
    for _ in range(8):
        start = perf_counter()
        found = await read(store, vitals=vitals)
        took.append(perf_counter() - start)
    assert sum(value for key, value in found.items() if key[0] == "tocsin_mentions_total") == 5600 * 36 * 5
    assert min(took[1:]) < 0.1


def test_the_version_is_that_of_the_package():
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == VERSION


def test_a_tally_counts_each_length_once_and_where_it_belongs():
    tally = Tally()
    for seconds in (0.0, 0.005, 0.0051, 10.0, 11.0):
        tally.note(seconds, "a", "b")
    found = values(exposition(None, [], Own(requests=tally)).decode())
    name = "tocsin_http_request_duration_seconds_bucket"
    assert [found[(name, *sorted(("a", "b", edge)))] for edge in ("0.005", "0.01", "10.0", "+Inf")] == [2, 3, 4, 5]


OPERATE = (ROOT / "docs/operate.md").read_text(encoding="utf-8")


async def test_docs_name_every_metric_and_no_other(post, dial):
    text = await told(post.store, await busy(post, dial))
    real = {family.name for family in text_string_to_metric_families(text) if family.name.startswith("tocsin_")}
    real = {f"{name}_total" if f"# TYPE {name}_total counter" in text else name for name in real}
    named = {re.sub("_(count|sum|bucket)$", "", name) for name in re.findall(r"\btocsin_[a-z_]+", OPERATE)}
    assert named == {name.removesuffix("_info") + "_info" if name == "tocsin_build" else name for name in real}


def test_alerts_ask_for_labels_that_there_are():
    rules = yaml.safe_load(re.search(r"```yaml\n(groups:.*?)```", OPERATE, re.DOTALL)[1])["groups"][0]["rules"]
    assert len(rules) > 10 and len({one["alert"] for one in rules}) == len(rules)
    for one in rules:
        assert one["expr"].count("(") == one["expr"].count(")") and one["expr"].count("{") == one["expr"].count("}"), one["alert"]
        for name, _, value in re.findall(r'(\w+)(=~?)"([^"]*)"', one["expr"]):
            assert name in ("job", "severity", "state", "quantile", "answer"), one["alert"]
            assert re.fullmatch("[a-z0-9_|.]+", value)
