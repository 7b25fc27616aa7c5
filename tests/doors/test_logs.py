"""Whatever goes wrong, no word of a customer, no handle and no draft reaches the logs; what is needed to find the fault does."""

import asyncio
import io
import json
import logging
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
import structlog
from starlette.routing import Route

from bot.terminal.logs import Terse, load_logging, told
from handlers.answers.drafts import Wording
from handlers.errors import Refused, TryLater, Unconfirmed
from handlers.ports import Customer
from storage import tables
from tests.builders import mention
from tests.doors.test_web import web
from tests.handlers.sending import post_office
from tests.networks.test_webhook import body, client, deliver

SECRET = "canary"  # no line of code below that raises spells it: a traceback shows those lines
WORDS = f"my {SECRET} was stolen, call 0034 600 123 456"


@pytest.fixture
async def post(store, dial):
    return await post_office(store, dial)


@pytest.fixture
def logged(capsys):
    """Everything that was logged since, ours and that of libraries."""
    load_logging(alone=False)
    kept = io.StringIO()
    handler = logging.StreamHandler(kept)
    handler.setFormatter(Terse())
    logging.getLogger().addHandler(handler)
    yield lambda: capsys.readouterr().err + kept.getvalue()
    logging.getLogger().removeHandler(handler)


def lines(text, event):
    return [json.loads(line) for line in text.splitlines() if line.startswith("{") and f'"event": "{event}"' in line]


class Failing:
    """An inbox that repeats what it was given when it fails."""

    async def take(self, source, delivery_id, one):
        raise ValueError(f"cannot take {one.text} by {one.customer.handle}")

    async def set_aside(self, source, content, because):
        raise RuntimeError(content)


async def test_a_webhook_whose_mention_cannot_be_stored(logged):
    async with client(Failing()) as door:
        said = {"external_id": SECRET, "handle": f"@{SECRET}"}
        assert (await deliver(door, body(text=WORDS, customer=said))).status_code == 503
        assert (await deliver(door, f'{{"text": "{SECRET}"', delivery="d2")).status_code == 503
    text = logged()
    assert SECRET not in text
    (stored,), (aside,) = lines(text, "webhook_not_stored"), lines(text, "webhook_not_kept_aside")
    assert stored["source"] == "acme" and "test_logs.py" in stored["exception"] and stored["exception"].endswith("ValueError")
    assert "bot/networks/webhook.py" in aside["exception"]


async def test_a_malformed_webhook(post, logged):
    async with client(post.house.inbox) as door:
        assert (await deliver(door, body(text=SECRET, posted_at=SECRET))).status_code == 422
    assert SECRET not in logged()


async def test_a_vendor_that_repeats_the_text_it_refuses(post, logged):
    ana, lea = await post.house.person("Ana"), await post.house.person("Lea", "lead")
    customer = Customer(SECRET, f"@{SECRET}", f"{SECRET} Smith")
    (receipt,) = await post.house.mentions.receive([mention(f"do you read what people write to you here? {SECRET}", customer=customer)])
    answer = f"I am sorry that it looks that way. I do read what people write to us here, yours too. {SECRET}"
    proposed = await post.house.drafts.propose(ana, receipt.case_id, Wording(answer, private=True))
    await post.house.approvals.approve(lea, proposed.version_id)
    post.slack.fail.extend([Unconfirmed(f"could not show {WORDS}"), TryLater(WORDS, timedelta(seconds=1)), RuntimeError(WORDS)])
    post.house.networks["x"].fail.append(Refused(f"“{answer}” is against our rules, @{SECRET}"))
    await post.send(15)
    text = logged()
    assert SECRET not in text and "600" not in text
    said = lines(text, "send_not_done")
    assert {one["how"] for one in said} >= {"Unconfirmed", "TryLater", "Refused"}
    assert any(one["lane"] == "x:@meridia" for one in said), "where it happened is said"
    assert [one["exception"].splitlines()[-1] for one in lines(text, "send_failed")] == ["RuntimeError"]
    async with post.store.read() as work:
        reason = await work.scalar(sa.select(tables.replies.c.reason))
    assert SECRET in reason, "people still read why"


async def test_an_exception_behind_the_web(store, logged):
    async def fail(request):
        raise KeyError(WORDS)

    async with web(store, routes=[Route("/cases/{number}", fail)]) as asked:
        answer = await asked.get(f"/cases/{SECRET}%20{SECRET}")
    text = logged()
    assert (answer.status_code, SECRET in text) == (500, False)
    (line,) = lines(text, "request_failed")
    assert line["reference"] == answer.json()["reference"]


async def test_a_database_that_repeats_the_row_it_refuses(post, logged):
    await post.house.mentions.receive([mention(customer=Customer(SECRET, f"@{SECRET}"))])
    row = {"network": "x", "external_id": SECRET, "handle": WORDS}
    try:
        async with post.store.begin() as work:
            await work.execute(sa.insert(tables.customers), [row])
    except sa.exc.IntegrityError:
        structlog.get_logger().exception("tick_failed", tick="due")
    text = logged()
    assert SECRET not in text and "IntegrityError" in text
    assert "23505" in text or "SQLITE_CONSTRAINT" in text, "the database's own code tells what it was"


async def test_a_task_that_nobody_awaited(logged):
    """What its end tells the loop, at a moment of ours instead of the collector's."""

    async def fail():
        raise ValueError(WORDS)

    task = asyncio.ensure_future(fail())
    await asyncio.wait([task])
    never = {"message": "Task exception was never retrieved", "exception": task.exception(), "future": task}
    asyncio.get_running_loop().call_exception_handler(never)
    text = logged()
    assert never["message"] in text and SECRET not in text


@pytest.mark.parametrize(
    ("message", "arguments", "said"),
    [
        ("Unhandled request ({'text': '%s'})" % WORDS, (), "WARNING library Unhandled request"),  # noqa: UP031 - as Bolt does
        ("could not read %s", (WORDS,), "WARNING library could not read %s"),
        (f"failed: {WORDS}", (), "WARNING library failed"),
        (f"first line\n{WORDS}", (), "WARNING library first line"),
    ],
)
def test_a_library_that_logs_what_it_was_given(message, arguments, said):
    record = logging.LogRecord("library", logging.WARNING, "f.py", 1, message, arguments, None)
    assert Terse().format(record) == said


def raised(error, cause=None):
    try:
        raise error from cause  # noqa: TRY301
    except BaseException as caught:
        return caught


@pytest.mark.parametrize(
    ("error", "last"),
    [
        (ValueError(WORDS), "ValueError"),
        (AttributeError("'NoneType' object has no attribute 'text'"), "AttributeError: 'NoneType' object has no attribute 'text'"),
        (Refused("msg_too_long"), "handlers.errors.Refused: msg_too_long"),
        (Refused(WORDS), f"handlers.errors.Refused: ({len(WORDS)} characters)"),
        (FileNotFoundError(2, WORDS, WORDS), "FileNotFoundError: errno 2"),
        (json.JSONDecodeError(WORDS, WORDS, 0), "json.decoder.JSONDecodeError"),
    ],
)
def test_an_exception_says_its_kind_and_its_place(error, last):
    text = told(raised(error))
    assert text.splitlines()[-1] == last and "in raised" in text and SECRET not in text


def test_causes_are_told_first_and_a_circle_ends():
    first, second = ValueError(WORDS), KeyError(WORDS)
    text = told(raised(second, raised(first)))
    assert text.index("ValueError") < text.index("KeyError") and SECRET not in text
    first.__cause__, second.__cause__ = second, first
    assert SECRET not in told(first)


def test_a_group_tells_each_of_its_own():
    text = told(ExceptionGroup(WORDS, [ValueError(WORDS), Refused("blocked")]))
    assert "ValueError" in text and "blocked" in text and SECRET not in text


def test_values_that_are_no_codes_are_counted_and_not_repeated(logged):
    log = structlog.get_logger()
    log.warning("something", reason=WORDS, who=replace(mention(WORDS)), wrong=["tick_late:due", WORDS], row=7, path="/cases/7")
    (line,) = lines(logged(), "something")
    assert SECRET not in str(line)
    assert (line["row"], line["path"], line["who"], line["wrong"][0]) == (7, "/cases/7", "(Mention)", "tick_late:due")
