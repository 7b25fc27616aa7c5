"""A day's figures, worked out on paper and by hand-written SQL; days without anything, with 23 hours and with 25; where a period ends."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from handlers.answers.drafts import Wording
from handlers.erasure import Erasure
from handlers.insight.composing import Composer
from handlers.insight.figures import Asked, Breach, Clock, Gap, Mark, Period, Promises, Spread, Tally, Told, as_plain, from_plain
from storage import tables
from tests.builders import mention
from tests.handlers.insight.day import ANSWER, LIFE, SINCE, UNTIL, quiet

MADRID = ZoneInfo("Europe/Madrid")
FRIDAY = Period(SINCE, UNTIL, "Europe/Madrid")


async def composed(day, period=FRIDAY, **how):
    async with day.store.read() as work:
        return await Composer(day.house.flow, **how).compose(work, period)


def on(clock, number=20):
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, 11, number, hour, minute, tzinfo=UTC)


async def test_what_came_in_and_what_came_the_day_before(day):
    came = (await composed(day)).arrivals
    assert (came.mentions, came.cases) == (Tally("mentions", 5, 2), Tally("cases", 4, 2))
    assert came.networks == (Tally("x", 4, 1), Tally("email", 1, 1))
    assert came.languages == (Tally("en", 4, 2), Tally("es", 1, 0))
    assert came.moods == (Tally("calm", 5, 2), Tally("upset", 0, 0), Tally("angry", 0, 0))
    assert {one.name: (one.n, one.before) for one in came.tags} == {"threat_to_life": (1, 0), "phishing": (1, 0), "my_data": (1, 1)}
    assert [(one.name, one.n, one.before) for one in came.severities] == [
        ("critical", 1, 0),
        ("high", 0, 0),
        ("normal", 3, 2),
        ("low", 0, 0),
    ]
    assert {(one.at.hour, one.n) for one in came.hours if one.n} == {(7, 4), (16, 1)} and len(came.hours) == 24
    assert came.hours[7].tags == {"threat_to_life": 1, "phishing": 1} and came.hours[16].tags == {"my_data": 1}
    assert came.hours_before == (*[0] * 22, 2, 0)


async def test_what_happened_to_the_crisis_is_marked(day):
    figures = await composed(day)
    assert figures.crisis == "Meridia"
    assert figures.arrivals.marks == (
        Mark(on("07:00"), "crisis_opened"),
        Mark(on("12:00"), "hold_set", "silent"),
        Mark(on("12:30"), "hold_set", "off"),
        Mark(on("15:00"), "update_given"),
        Mark(on("16:00"), "update_given"),
        Mark(on("16:00"), "hold_set", "holding"),
    )
    assert figures.clocks == (
        Clock("hold", on("16:00"), None),
        Clock("authority", on("07:00"), on("07:00", 23)),
        Clock("update", on("16:00"), on("20:00")),
        *[one for one in figures.clocks if one.name == "fact"],
    )
    assert {one.due_at <= on("00:00", 21) for one in figures.clocks if one.name == "fact"} == {True}


async def test_how_long_everybody_waited(day):
    times = (await composed(day)).times
    assert (times.first_answer.n, times.first_answer.median, times.first_answer.p90) == (1, 46 * 60, 46 * 60)
    assert [(edge, n) for edge, n in times.first_answer.bins if n] == [(3600, 1)] and times.first_answer.bins[-1][0] == float("inf")
    assert times.acknowledgement == Spread(1, 8 * 60, 8 * 60, due=2, in_time=1)
    assert (times.resolution.n, times.resolution.median) == (1, (2 * 60 + 40) * 60)
    assert Breach("step", "life", 1, 1) in times.breaches


async def test_who_was_called_and_who_acknowledged(day):
    assert (await composed(day)).told == (Told("life", 1, 1, 0), Told("life", 2, 1, 0, (Tally("Max", 1),)))


async def test_a_step_runs_out_each_time_that_nobody_answers_it(store, dial):
    day = await quiet(store, dial, replace(LIFE, repeat=1, wait=timedelta(minutes=5)))
    day.at("09:00")
    await day.house.case("critical threat_to_life")
    for minute in range(40):
        await day.tick(f"09:{minute:02}")
    figures = await composed(day)
    assert [one for one in figures.times.breaches if one.clock == "step"] == [Breach("step", "life", step, 2) for step in (1, 2, 3)]
    assert [(one.step, one.called) for one in figures.told] == [(1, 2), (2, 2), (3, 2), (4, 3)], "the fourth is the end, for all of them"
    assert (figures.times.acknowledgement.due, figures.times.acknowledgement.in_time) == (6, 0)


async def test_a_step_after_which_somebody_put_the_case_off_did_not_run_out(store, dial):
    day = await quiet(store, dial)
    day.at("09:00")
    number = await day.house.case("critical threat_to_life")
    await day.tick("09:00")
    day.at("09:02")
    await day.house.acknowledging.snooze(day.people["Lea"], number, "30m")
    assert (await composed(day)).times.acknowledgement == Spread(1, 120, 120, due=1, in_time=1), "for now they have it"
    await day.tick("09:33")
    assert not [one for one in (await composed(day)).times.breaches if one.clock == "step"]


async def test_what_was_approved_and_what_was_not_and_why(day):
    approving = (await composed(day)).approving
    assert (approving.n, approving.median, approving.rejected, approving.waiting, approving.oldest_wait) == (1, 6 * 60, 3, 0, None)
    assert approving.reasons == (Tally("too cold, she lost money", 2), Tally("x" * 119 + "…", 1))
    assert len(approving.reasons[1].name) == 120


async def test_what_waits_for_a_yes(day):
    await day.house.drafts.propose(day.people["Ana"], 5, Wording(ANSWER + " Bye", private=True))
    day.dial.forward(minutes=20)
    approving = (await composed(day)).approving
    assert (approving.waiting, approving.oldest_wait) == (1, 1200)


async def test_what_waits_and_for_how_long(day):
    waiting = (await composed(day)).waiting
    assert (waiting.open, waiting.unowned, waiting.oldest_case) == (5, 5, 1)
    assert waiting.oldest_wait == timedelta(hours=25, minutes=50).total_seconds()
    assert waiting.ladders == (Tally("acknowledged", 1),)


async def test_promises_kept_and_missed(day):
    """Kept: a call-back and an update. Missed: a call-back, an update, and the first answer to a threat to life."""
    assert (await composed(day)).promises == Promises(kept=2, missed=3, open=4, overdue=3)


async def test_what_was_sent_can_be_read_where_it_stands(day):
    (sent,) = (await composed(day)).sent
    assert (sent.network, sent.n, sent.links) == ("x", 1, ((4, "https://x.example/1"),))


async def test_a_door_that_was_shut_is_a_gap(day):
    await day.door("email", "failing", "timeout")
    day.dial.forward(minutes=1)
    figures = await composed(day, replace(FRIDAY, until=UNTIL + timedelta(minutes=15)))
    assert figures.gaps == (Gap("slack", on("12:30"), on("14:00"), "token_revoked"), Gap("email", UNTIL, None, "timeout"))
    assert (await composed(day)).gaps == figures.gaps[:1], "what began when the period was over is not of it"
    assert (await composed(day, Period(on("13:00"), on("13:15"), "UTC"))).gaps == figures.gaps[:1], "it lasted all the while"
    assert (await composed(day, Period(on("14:00"), on("15:00"), "UTC"))).gaps == ()


async def test_tags_carry_the_words_that_flow_had_for_them(day):
    labels = (await composed(day)).labels
    assert set(labels) == {"threat_to_life", "phishing", "my_data"} and labels["my_data"]["fr"] == "Mes données"


async def test_ladders_carry_their_words_too(day):
    assert (await composed(day)).ladder_labels == {"life": {"en": "Life", "es": "Life", "fr": "Life"}}


async def test_what_customers_ask_is_found_out_by_whoever_knows(day):
    said = Asked("Is my data safe?", "en", 3, 0.6)

    async def asked(work, flow, period):
        assert (flow, period) == (day.house.flow, FRIDAY) and await work.now() == UNTIL
        return (said,)

    assert (await composed(day, asked=asked)).asked == (said,)
    assert (await composed(day)).asked == ()


async def test_figures_survive_the_database_as_json(day):
    figures = await composed(day)
    plain = json.loads(json.dumps(as_plain(figures), allow_nan=False))
    assert from_plain(plain) == figures
    c = tables.raw_payloads
    async with day.store.begin() as work:
        kept = await work.scalar(sa.select(sa.literal(as_plain(figures), sa.JSON)).select_from(sa.select(sa.func.count(c.c.id)).subquery()))
    assert from_plain(kept) == figures


TRUTH = {
    "mentions": "SELECT count(*) FROM mentions m JOIN cases c ON c.id = m.case_id WHERE NOT c.exercise AND m.received_at >= {since} AND m.received_at < {until}",
    "cases": "SELECT count(*) FROM cases WHERE NOT exercise AND opened_at >= {since} AND opened_at < {until}",
    "x": "SELECT count(*) FROM mentions WHERE network = 'x' AND case_id NOT IN (SELECT id FROM cases WHERE exercise) AND received_at >= {since} AND received_at < {until}",
    "answered": "SELECT count(*) FROM cases WHERE NOT exercise AND answered_at >= {since} AND answered_at < {until}",
    "due": "SELECT count(*) FROM deadlines d JOIN cases c ON c.id = d.case_id WHERE NOT c.exercise AND d.kind = 'first_answer' AND d.paused_at IS NULL AND d.due_at >= {since} AND d.due_at < {until}",
    "in_time": "SELECT count(*) FROM deadlines d JOIN cases c ON c.id = d.case_id WHERE NOT c.exercise AND d.kind = 'first_answer' AND d.due_at >= {since} AND d.due_at < {until} AND d.met_at <= d.due_at",
    "rejected": "SELECT count(*) FROM drafts WHERE status = 'rejected' AND ended_at >= {since} AND ended_at < {until}",
    "sent": "SELECT count(*) FROM replies WHERE state = 'sent' AND sent_at >= {since} AND sent_at < {until}",
    "open": "SELECT count(*) FROM cases WHERE status <> 'closed' AND NOT exercise",
    "called": "SELECT count(*) FROM calls k JOIN cases c ON c.id = k.case_id WHERE NOT c.exercise AND k.called_at >= {since} AND k.called_at < {until}",
}


async def test_figures_are_those_of_hand_written_sql(day):
    zone = "+00" if day.store.on_postgresql else ""
    moments = {"since": f"'2026-11-20 00:00:00{zone}'", "until": f"'2026-11-21 00:00:00{zone}'"}
    async with day.store.read() as work:
        so = {name: (await work.connection.exec_driver_sql(sql.format(**moments))).scalar() for name, sql in TRUTH.items()}
    figures = await composed(day)
    first = figures.times.first_answer
    assert so == {
        "mentions": figures.arrivals.mentions.n,
        "cases": figures.arrivals.cases.n,
        "x": next(one.n for one in figures.arrivals.networks if one.name == "x"),
        "answered": first.n,
        "due": first.due,
        "in_time": first.in_time,
        "rejected": figures.approving.rejected,
        "sent": sum(one.n for one in figures.sent),
        "open": figures.waiting.open,
        "called": sum(one.called for one in figures.told),
    }
    assert so["due"] > so["in_time"] > 0


async def test_a_drill_changes_no_figure(day):
    before = await composed(day)
    day.at("09:00")
    await day.drill()
    await day.house.climb.fire()
    day.at("00:00", 21)
    await day.house.climb.fire()
    assert await composed(day) == before


async def test_numbers_stay_when_customers_are_forgotten(day):
    before = await composed(day)
    erasure = Erasure(day.store, day.house.board)
    for who in ("f2", "f3"):
        await erasure.erase(await erasure.find("x", who))
    after = await composed(day)
    assert (after.arrivals, after.told) == (before.arrivals, before.told)
    assert (after.times.first_answer.n, after.times.first_answer.bins) == (1, before.times.first_answer.bins)
    assert after.times.resolution == before.times.resolution, "that a case was erased does not settle it"
    assert [(one.network, one.n, one.links) for one in after.sent] == [("x", 1, ())]
    assert (after.approving.n, after.approving.rejected, after.approving.reasons) == (1, 3, ())


async def test_a_day_on_which_nothing_happened(store, dial):
    day = await quiet(store, dial)
    figures = await composed(day)
    assert figures.crisis == "" and figures.clocks == figures.told == figures.sent == figures.gaps == figures.asked == ()
    assert figures.arrivals.mentions == Tally("mentions", 0, 0) and not any(one.n or one.tags for one in figures.arrivals.hours)
    assert (figures.times.first_answer.n, figures.times.first_answer.median, figures.times.first_answer.share) == (0, None, None)
    assert figures.times.acknowledgement == figures.times.resolution == Spread(0, None, None)
    assert (figures.waiting.open, figures.waiting.oldest_case, figures.waiting.oldest_wait) == (0, None, None)
    assert figures.promises == Promises(0, 0, 0, 0) and figures.approving.reasons == ()
    assert from_plain(as_plain(figures)) == figures and from_plain(as_plain(figures.counts_only()))


@pytest.mark.parametrize(("date", "hours"), [((2026, 3, 29), 23), ((2026, 10, 25), 25), ((2026, 11, 20), 24)])
async def test_a_day_has_as_many_hours_as_its_zone_gave_it(store, dial, date, hours):
    day = await quiet(store, dial)
    since = datetime(*date, tzinfo=MADRID)
    until = datetime(*date[:2], date[2] + 1, tzinfo=MADRID)
    dial.at = since.astimezone(UTC)
    for _ in range(hours):
        await day.house.case()
        dial.forward(hours=1)
    assert dial.at == until.astimezone(UTC)
    await day.house.case()
    came = (await composed(day, Period(since, until, "Europe/Madrid"))).arrivals
    assert came.mentions.n == hours and [one.n for one in came.hours] == [1] * hours
    assert came.hours[0].at == since and came.hours[-1].at + timedelta(hours=1) == until.astimezone(UTC)


async def test_a_period_begins_with_its_first_moment_and_ends_before_its_last(store, dial):
    day = await quiet(store, dial)
    for at in (on("09:00") - timedelta(microseconds=1), on("09:00"), on("09:45") - timedelta(microseconds=1), on("09:45")):
        dial.at = at
        number = await day.house.case()
        await day.house.cases.close(day.people["Ana"], number)
    figures = await composed(day, Period(on("09:00"), on("09:45"), "UTC"))
    assert (figures.arrivals.mentions.n, figures.arrivals.cases.n, figures.times.resolution.n) == (2, 2, 2)
    assert [one.n for one in figures.arrivals.hours] == [2], "an hour that is cut short is an hour"
    assert figures.arrivals.mentions.before == 1


async def test_what_a_late_digest_tells_of_a_crisis_that_is_over(day):
    await day.house.holds.set(day.people["Lea"], "off")
    await day.house.crises.close(day.people["Max"])
    figures = await composed(day)
    assert figures.crisis == "Meridia", "it was open when the period ended"
    assert [one.name for one in figures.clocks] == ["authority"], "nobody has told it yet"
    day.dial.forward(hours=1)
    over = await composed(day, Period(UNTIL, UNTIL + timedelta(hours=1), "UTC"))
    assert (over.crisis, over.clocks, over.arrivals.marks) == ("", (), (Mark(UNTIL, "hold_set", "off"), Mark(UNTIL, "crisis_closed")))


async def test_a_hold_stops_what_would_be_late(store, dial):
    day = await quiet(store, dial)
    day.at("09:00")
    await day.house.crises.open(day.people["Max"], "Meridia")
    await day.house.mentions.receive([mention("my_data", by="h1")])
    await day.house.holds.set(day.people["Lea"], "silent")
    day.at("00:00", 21)
    first = (await composed(day)).times.first_answer
    assert (first.due, first.in_time, first.share) == (0, 0, None)
