"""What the kill benches stand on: approved replies in line, and what is counted when all of them have left."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from handlers.answers.publishing import publish_wish
from handlers.board import Board
from handlers.networks import Network
from handlers.ports import Mention
from storage import cases, outbox, tables, timeline
from storage.database import Store
from storage.drafts import digest_of
from storage.types import DraftStatus, ReplyState, SendState
from tests.builders import Scripted, TestHouse, data_breach
from tests.servers.workers import Workers

AT_ONCE = 500
ON_THE_WAY = (SendState.PENDING, SendState.SENDING, SendState.FAILED_FOR_NOW)


@dataclass
class Found:
    """`lost`: neither on the network and known to be, nor on the list that a person sees."""

    sent: int
    lost: int
    doubled: int
    unconfirmed: int
    kills: int
    seconds: float = 0.0
    asked: int = 0
    uncertain: frozenset[str] = frozenset()  # the networks of those

    @property
    def per_second(self) -> float:
        return self.sent / self.seconds if self.seconds else 0.0


def words(number: int) -> str:
    return f"Your data is safe, number {number}. Ana"


async def furnish(store: Store, written: Sequence[Mention], networks: Mapping[str, Network], *, private: bool) -> None:
    """An approved reply in line to each of these mentions; the n-th says `words(n)`. Nothing holds the crisis."""
    house = await TestHouse(store, data_breach(), Board({}), Scripted()).begin()
    ana, lea = int((await house.person("Ana", "agent")).external_id), int((await house.person("Lea", "lead")).external_id)
    await house.crises.open(await house.person("Max", "manager"), "Meridia")
    told = {"told_by": "Legal", "share": "all", "at": datetime.now(UTC).isoformat(), "how": "by mail"}
    await house.attestations.attest_customers_first(await house.person("Dora", "dpo"), **told)  # or nothing public would leave
    for start in range(0, len(written), AT_ONCE):
        said = written[start : start + AT_ONCE]
        numbers = range(start + 1, start + len(said) + 1)
        receipts = await house.mentions.receive(said)
        async with store.begin() as work:
            found = await cases.lock_all(work, [one.case_id for one in receipts])
            now = await work.now()
            rows = [
                _rows(n, found[one.case_id], mention.external_id, ana, lea, now, private)
                for n, one, mention in zip(numbers, receipts, said, strict=True)
            ]
            for name in ("drafts", "versions", "approvals", "replies"):
                await work.execute(sa.insert(getattr(tables, name)), [row[name] for row in rows])
            pairs = [(n, found[one.case_id]) for n, one in zip(numbers, receipts, strict=True)]
            await outbox.put(work, [publish_wish(networks[case.network], n, case) for n, case in pairs])
            await work.commit()


def _rows(
    number: int, case: cases.Case, in_reply_to: str, author: int, approver: int, now: Any, private: bool
) -> dict[str, dict[str, Any]]:
    """What proposing and approving leave behind."""
    version = {
        "id": number, "draft_id": number, "number": 1, "editor_id": author, "text": words(number),
        "language": "en", "private": private, "network": case.network, "customer_id": case.customer_id, "in_reply_to": in_reply_to,
        "statement_id": None, "findings": [], "created_at": now,
    }  # fmt: skip
    digest = digest_of(version)
    draft = {"id": number, "case_id": case.id, "kind": "answer", "author_id": author, "status": DraftStatus.APPROVED, "number": 1}
    return {
        "drafts": {**draft, "created_at": now},
        "versions": {**version, "digest": digest},
        "approvals": {"version_id": number, "person_id": approver, "stage": "lead", "digest": digest, "at": now},
        "replies": {
            "id": number, "draft_id": number, "version_id": number, "case_id": case.id, "state": ReplyState.WAITING, "created_at": now,
        },
    }  # fmt: skip


async def on_the_way(store: Store) -> int:
    rows = sa.select(sa.func.count()).where(tables.outbox.c.kind == "publish", tables.outbox.c.state.in_(ON_THE_WAY))
    async with store.read() as work:
        return int(await work.scalar(rows))


async def until_quiet(store: Store, senders: Workers, until: float) -> None:
    while await on_the_way(store):
        senders.must_run()
        if time.monotonic() > until:
            raise TimeoutError
        await asyncio.sleep(0.2)


async def reckon(store: Store, arrived: Iterable[str]) -> Found:
    """What we say became of each reply, beside the words that the network has."""
    times = Counter(arrived)
    r, v = tables.replies.c, tables.versions.c
    async with store.read() as work:
        rows = (await work.execute(sa.select(v.text, v.network, r.state).join(tables.versions, v.id == r.version_id))).all()
        assert (await timeline.verify(work))[1] == [], "the timeline was broken"
    sent = [row for row in rows if row.state == ReplyState.SENT and times[row.text]]
    unconfirmed = [row for row in rows if row.state == ReplyState.UNCONFIRMED]
    doubled = sum(many - 1 for many in times.values())
    asked = sum(bool(times[row.text]) for row in unconfirmed)
    uncertain = frozenset(row.network for row in unconfirmed)
    return Found(len(sent), len(rows) - len(sent) - len(unconfirmed), doubled, len(unconfirmed), 0, asked=asked, uncertain=uncertain)
