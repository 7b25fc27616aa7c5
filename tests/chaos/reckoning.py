"""What was to be told, beside what really stands in Slack."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from storage import tables, timeline
from storage.database import Store
from storage.types import SendState
from tests.chaos.rules import STEPS
from tests.chaos.shaky_slack import PEOPLE
from tests.doors.slack_house import first_text

Json = dict[str, Any]
OF_NOTICES = ("notice", "call")
n, joined, c, o = tables.notices.c, tables.notice_calls, tables.calls.c, tables.outbox.c
CARRIED = (  # which steps each notice tells
    sa.select(n.id, n.external_id, n.address, c.case_id, c.step)
    .join(joined, joined.c.notice_id == n.id)
    .join(tables.calls, c.id == joined.c.call_id)
)


@dataclass(frozen=True)
class Told:
    """`due`: all that had to be told; `seen`: how often each stands in Slack, by the way it was told (what is slow is told by the next way
    too, which is no fault); `unconfirmed`: of these a person decides, and sees so; `unknown`: direct messages that stand there and that we
    know nothing of.
    """

    due: set[str]
    seen: Counter[tuple[str, str]]
    unconfirmed: set[str]
    unknown: int

    @property
    def steps(self) -> int:
        return sum(one.startswith("step") for one in self.due)

    @property
    def lost(self) -> set[str]:
        return self.due - {what for what, _ in self.seen} - self.unconfirmed

    @property
    def doubled(self) -> int:
        return sum(times - 1 for times in self.seen.values()) + self.unknown


async def reckon(store: Store, posts: Sequence[Json]) -> Told:
    """What is counted: of each case its card, and the steps of its ladder."""
    async with store.read() as work:
        cases = list((await work.execute(sa.select(tables.cases.c.id))).scalars())
        given_up = (await work.execute(sa.select(o.kind, o.case_id, o.facts, o.token).where(o.state == SendState.UNCONFIRMED))).all()
        carried = (await work.execute(CARRIED)).all()
        assert (await timeline.verify(work))[1] == [], "the timeline was broken"
    due = {_card(number) for number in cases} | {_step(number, step) for number in cases for step in range(1, STEPS + 1)}
    notices_given_up = {row.facts["id"] for row in given_up if row.kind in OF_NOTICES}
    unconfirmed = {_card(row.case_id) for row in given_up if row.kind == "card"}
    unconfirmed |= {_step(row.case_id, row.step + 1) for row in carried if row.id in notices_given_up}
    direct, unknown = _directly(carried, {row.token for row in given_up}, posts)
    seen = Counter([*((one, "channel") for one in _shown(posts)), *((one, "direct") for one in direct)])
    return Told(due, seen, unconfirmed - {what for what, _ in seen}, unknown)


def _card(case: object) -> str:
    return f"card of #{case}"


def _step(case: object, step: object) -> str:
    return f"step {step} of #{case}"


def _shown(posts: Sequence[Json]) -> Iterator[str]:
    """Cards of cases, and in their threads the steps that call somebody: as Slack shows them."""
    cases = {post["ts"]: found[1] for post in posts if _is_root(post) and (found := re.search(r"#(\d+)\b", first_text(post)))}
    yield from map(_card, cases.values())
    for post in posts:
        if post["channel"] not in PEOPLE and not _is_root(post) and (found := re.search(r"\(step (\d+)\)", first_text(post))):
            yield _step(cases.get(post["thread_ts"], "?"), found[1])


def _is_root(post: Json) -> bool:
    return post["channel"] not in PEOPLE and post.get("thread_ts", post["ts"]) == post["ts"]


def _directly(carried: Sequence[Any], given_up: set[str], posts: Sequence[Json]) -> tuple[list[str], int]:
    """One direct message tells many steps at once and names the gravest ten: which ones, our rows say; that it stands, and once, Slack.
    And how many stand there that no row knows.
    """
    standing = {post["ts"]: post["metadata"]["event_payload"]["token"] for post in posts if post["channel"] in PEOPLE}
    told = [_step(row.case_id, row.step + 1) for row in carried if row.address in PEOPLE and row.external_id in standing]
    known = {row.external_id for row in carried}
    return told, sum(ts not in known and token not in given_up for ts, token in standing.items())
