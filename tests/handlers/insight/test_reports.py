"""The cases of some days, one by one: which belong to them, what each line says, and what it never says."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.terminal.figures_page import Manner, figures_page
from handlers.answers.drafts import Wording
from handlers.insight import report_lines
from handlers.insight import reports as module
from handlers.insight.figures import Asked, Sent, Tally
from handlers.insight.reports import EndsBefore, Reports, Span
from handlers.ports import Customer
from tests.builders import data_breach, mention
from tests.handlers.forgotten import erase, story, theirs

SECRET = "kanarix"
IBAN = "ES91 2100 0418 4502 0005 1332"
ANSWER = "I am sorry that it looks that way. I do read what people write to us here, yours too. Ana"


def around(dial, days=1):
    day = dial.at.date()
    return Span(day, day + timedelta(days=days - 1), "UTC").period


async def lines(post, period, **how):
    return [one async for one in Reports(post.store, data_breach()).cases(period, **how)]


async def test_a_line_tells_how_the_case_came_and_how_it_was_answered(post, chief, lea, dial):
    began = dial.at
    customer = Customer("u1", f"@{SECRET}", f"{SECRET} Smith")
    (receipt,) = await post.house.mentions.receive([mention("do you read what people write to you? phishing high", customer=customer)])
    await post.house.cases.claim(chief, receipt.case_id)
    dial.forward(seconds=600)
    proposed = await post.house.drafts.propose(chief, receipt.case_id, Wording(ANSWER, private=False))
    await post.house.approvals.approve(lea, proposed.version_id)
    await post.send(10)
    (line,) = await lines(post, around(dial))
    assert json.loads(json.dumps(line)) == line, "values of JSON only"
    assert (line["case"], line["network"], line["language"], line["status"]) == (receipt.case_id, "x", "en", "answered")
    assert (line["severity"], line["tags"], line["owner"], line["mentions"], line["crisis"]) == ("high", ["phishing"], "Ana", 1, True)
    assert datetime.fromisoformat(line["opened_at"]) == began
    assert line["first_answer"]["seconds"] >= 600 and line["first_answer"]["in_time"] is True
    assert datetime.fromisoformat(line["first_answer"]["due_at"]) > began
    ((reply),) = line["replies"]
    assert (reply["state"], reply["network"], reply["deleted_at"]) == ("sent", "x", None) and reply["url"].startswith("https://")
    assert SECRET not in str(line) and "customer" not in line and "said" not in line


async def test_what_was_promised_and_not_kept_in_time_is_said(post, chief, lea, dial):
    (receipt,) = await post.house.mentions.receive([mention("do you read what people write to you? critical")])
    dial.forward(hours=9)
    (waiting,) = await lines(post, around(dial))
    assert (waiting["first_answer"]["seconds"], waiting["first_answer"]["in_time"]) == (None, None)
    proposed = await post.house.drafts.propose(chief, receipt.case_id, Wording(ANSWER, private=False))
    await post.house.approvals.approve(lea, proposed.version_id)
    await post.send(10)
    (line,) = await lines(post, around(dial))
    assert line["first_answer"]["in_time"] is False and line["first_answer"]["seconds"] >= 9 * 3600


async def test_words_are_given_when_they_are_asked_for_and_masked(post, dial):
    customer = Customer("u1", f"@{SECRET}", f"{SECRET}\u202e Smith", kind="press")
    said = mention(f"my account {IBAN} is gone, see https://evil.example/x", customer=customer, url=f"https://x.example/{SECRET}/1")
    await post.house.mentions.receive([said])
    (line,) = await lines(post, around(dial), words=True)
    assert line["customer"] == {"kind": "press", "handle": f"@{SECRET}", "name": f"{SECRET} Smith"}
    ((one),) = line["said"]
    assert "1332" not in one["text"] and "••••••32" in one["text"] and "https://evil" not in one["text"]
    assert one["url"].endswith("/1") and one["private"] is False


async def test_of_an_erased_case_its_place_is_left_and_nothing_else(post, chief, lea, dial):
    number = await story(post, chief, lea)
    await post.send(5)
    await erase(post)
    (line,) = await lines(post, around(dial), words=True)
    assert (line["case"], line["customer"], line["said"], line["status"]) == (number, None, [], "closed") and line["erased_at"]
    assert "canary" not in str(line)


async def test_a_customer_who_goes_on_in_one_conversation_is_not_told_of_an_erased_other_one(post, dial):
    await post.house.mentions.receive([theirs()])
    await erase(post)
    await post.house.mentions.receive([theirs(number=2, conversation_id="other")])
    first, second = await lines(post, around(dial), words=True)
    assert first["customer"] is None and second["customer"]["handle"]


async def test_the_first_moment_belongs_to_a_period_and_the_last_does_not(post, dial):
    dial.at = datetime(2026, 11, 20, 23, 0, tzinfo=UTC)  # midnight in Madrid
    first = await post.house.case()
    dial.at = datetime(2026, 11, 21, 22, 59, 59, tzinfo=UTC)
    last = await post.house.case()
    dial.at = datetime(2026, 11, 21, 23, 0, tzinfo=UTC)
    await post.house.case()
    span = Span(date(2026, 11, 21), date(2026, 11, 21), "Europe/Madrid")
    assert [one["case"] for one in await lines(post, span.period)] == [first, last]


async def test_drills_are_not_reported(post, lea, dial):
    await post.house.escalation.drills.begin(lea)
    await post.house.case()
    assert len(await lines(post, around(dial))) == 1


async def test_pages_lose_and_double_nothing(post, dial, monkeypatch):
    monkeypatch.setattr(module, "AT_ONCE", 3)
    numbers = [await post.house.case() for _ in range(9)]
    assert [one["case"] for one in await lines(post, around(dial))] == numbers


async def test_of_one_case_so_many_messages_are_given_and_no_more(post, dial, monkeypatch):
    monkeypatch.setattr(report_lines, "WORDS_MOST", 2)
    for number in range(4):
        await post.house.mentions.receive([mention(f"message {number}", by="u9")])
    (line,) = await lines(post, around(dial), words=True)
    assert [one["text"] for one in line["said"]] == ["message 0", "message 1"] and line["mentions"] == 4


def test_days_are_those_of_the_zone_and_as_long_as_they_are_there():
    span = Span(date(2026, 10, 24), date(2026, 10, 26), "Europe/Madrid")
    hours = [(day.until - day.since) / timedelta(hours=1) for day in span.days()]
    assert hours == [24, 25, 24] and sum(hours) == (span.period.until - span.period.since) / timedelta(hours=1)
    assert [(day.until - day.since) / timedelta(hours=1) for day in Span(date(2026, 3, 29), date(2026, 3, 29), "Europe/Madrid").days()] == [
        23
    ]
    assert next(iter(span.days())).since == datetime(2026, 10, 23, 22, tzinfo=UTC)


def test_a_zone_whose_midnight_does_not_exist_has_days_side_by_side():
    span = Span(date(2026, 9, 5), date(2026, 9, 7), "America/Santiago")  # the 6th begins at one o'clock
    days = list(span.days())
    assert [one.since for one in days[1:]] == [one.until for one in days[:-1]]
    assert [(day.until - day.since) / timedelta(hours=1) for day in days] == [24, 23, 24]


def test_a_span_that_ends_before_it_begins_is_refused():
    with pytest.raises(EndsBefore):
        Span(date(2026, 11, 21), date(2026, 11, 20), "UTC")


async def hostile(post, dial):
    """A report in which a customer, a colleague and a network say what markup and spreadsheets act on."""
    await post.house.case()
    span = Span(dial.at.date(), dial.at.date(), "UTC")
    whole = await Reports(post.store, data_breach()).whole(span)
    asked = Asked(
        "=<script>alert(1)</script>", 'en" onload="x', 3, 0.5, others=("<img src=x onerror=alert(2)>",), fresh=True, answered=False
    )
    approving = replace(whole.figures.approving, reasons=(Tally("<b>no</b>", 2),))
    sent = Sent("x", 2, ((1, "javascript:alert(3)"), (2, 'https://x.example/"><script>')))
    return replace(
        whole, figures=replace(whole.figures, asked=(asked,), approving=approving, sent=(sent,), crisis="</title><script>")
    ), span


async def test_what_anybody_wrote_is_escaped_on_the_page(post, dial):
    whole, span = await hostile(post, dial)
    text = figures_page(whole, span, Manner("en", span.period.zone, {}))
    assert "<script" not in text and "<img src=x" not in text and "<b>no" not in text and 'onload="x' not in text
    assert "javascript:" not in text, "a link that acts is none"
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text and "https://x.example/&#34;&gt;&lt;script&gt;" in text


async def test_what_customers_ask_is_a_text_in_the_table(post, dial):
    whole, _ = await hostile(post, dial)
    assert [row[1] for row in whole.rows() if row[0] == "asked"] == ["'=<script>alert(1)</script>"]


async def test_figures_quote_customers_when_they_are_asked_to(post, dial, monkeypatch):
    async def quoting(work, flow, period):
        return (Asked("was my card stolen too?", "en", 4, 0.5),)

    monkeypatch.setattr(module, "asked", quoting)
    span, reports = Span(dial.at.date(), dial.at.date() + timedelta(days=1), "UTC"), Reports(post.store, data_breach())
    assert (await reports.whole(span)).figures.asked == ()
    quoted = await reports.whole(span, words=True)
    assert quoted.figures.asked and not any(day.asked for day in quoted.days), "once, of the whole"


async def test_each_day_has_its_own_figures_and_their_sum_is_the_whole(post, dial):
    for hours in (0, 3, 30):
        dial.at = datetime(2026, 11, 20, 12, tzinfo=UTC) + timedelta(hours=hours)
        await post.house.case()
    whole = await Reports(post.store, data_breach()).whole(Span(date(2026, 11, 19), date(2026, 11, 21), "UTC"))
    assert [day.arrivals.mentions.n for day in whole.days] == [0, 2, 1] and whole.figures.arrivals.mentions.n == 3
