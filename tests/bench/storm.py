"""A storm for a bench: a FLOW with four channels, so many cases whose cards wait for them, and critical ones that come in between."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import yaml
from standardwebhooks.webhooks import Webhook

from flows.flow import Flow
from flows.loader import load_flow
from flows.severity import Severity
from flows.triage import Suggestion
from handlers.board import Board
from handlers.ports import Customer, Mention
from storage.database import Store
from storage.migrate import upgrade
from tests.bench.progress import watched
from tests.builders import ROOT, TestHouse

ROOMS = {"crisis": "C0CRISIS", "ordinary": "C0ORDINARY", "money": "C0MONEY", "law": "C0LAW"}  # channel of FLOW → channel of Slack
DEFINITIONS = ROOT / "flows/definitions"
SOURCE, SECRET = "acme", "whsec_YSBzdG9ybSBvZiBtYW55IGNhcmRzIGZvciBmb3VyIGNoYW5uZWxz"
GRAVE = "regulator"  # the kind of customer that our FLOW makes critical
BATCH = 500


def four_rooms(folder: Path) -> tuple[Path, Flow]:
    """The shipped FLOW, its tags spread over four channels, what a regulator writes critical."""
    said = yaml.load((DEFINITIONS / "data_breach.yaml").read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)
    said["channels"], said["kinds"][GRAVE] = list(ROOMS), "critical"
    of_crisis = [name for name in ROOMS if name != "ordinary"]
    for number, tag in enumerate(said["tags"].values()):
        tag["channel"] = of_crisis[number % len(of_crisis)]
    files = {"data_breach.yaml": yaml.safe_dump(said, allow_unicode=True)}
    files |= {one.name: one.read_text(encoding="utf-8") for one in DEFINITIONS.glob("data_breach.*.yaml")}
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder / "data_breach.yaml", load_flow({str(folder / name): text for name, text in sorted(files.items())})


def texts_by_room(flow: Flow) -> dict[str, list[str]]:
    """FLOW's own examples of its tags, by the tag's channel; the machine sorts nearly all of them as FLOW does."""
    found: dict[str, list[str]] = {name: [] for name in ROOMS}
    found[flow.ordinary_channel].extend(flow.ordinary.examples["en"])
    for tag in flow.tags.values():
        found[tag.channel].extend(tag.vocabulary.examples["en"])
    return found


@dataclass(frozen=True)
class Even:
    """A machine that finds everything normal and sends as much to each channel: by the number that the text begins with."""

    flow: Flow

    async def suggest(self, texts: Sequence[str], hints: Sequence[str | None]) -> list[Suggestion]:
        return [self._of(int(text.partition(" ")[0])) for text in texts]

    def _of(self, number: int) -> Suggestion:
        room = list(ROOMS)[number % len(ROOMS)]
        crisis = room != self.flow.ordinary_channel
        tags = [(name, 0.8) for name, tag in self.flow.tags.items() if tag.channel == room][: 2 if crisis else 0]
        return Suggestion(crisis, 0.9, "en", tuple(tags), Severity.NORMAL, 0.1, True, number, "linear")


async def furnish(
    database: str, flow: Flow, texts: dict[str, list[str]], count: int, workspace: str = "slack", rooms: Mapping[str, str] = ROOMS
) -> None:
    """So many cases, each with a card that waits in the outbox, by the product's own way in."""
    store = Store(database)
    await upgrade(store)
    house = await TestHouse(store, flow, Board({workspace: rooms}), Even(flow)).begin()
    for start in watched(range(0, count, BATCH), f"{count:,} cases for {database.partition(':')[0]}"):
        await house.mentions.receive([_mention(number, texts) for number in range(start, min(start + BATCH, count))])
    await store.close()


def _mention(number: int, texts: dict[str, list[str]]) -> Mention:
    mine = texts[list(ROOMS)[number % len(ROOMS)]]
    return Mention(
        network="x", external_id=f"m{number}", conversation_id=f"c{number}", posted_at=datetime.now(UTC),
        customer=Customer(f"u{number}", f"@u{number}", f"Customer {number}", kind="affected"),
        text=f"{number} {mine[number % len(mine)]}", url=f"https://x.example/status/{number}",
    )  # fmt: skip


def grave_mention(name: str, text: str) -> tuple[bytes, dict[str, str]]:
    """(body, headers) of a webhook's delivery; the case's card will show the customer's name."""
    customer = {"external_id": name, "handle": f"@{name}", "name": name, "kind": GRAVE}
    now = datetime.now(UTC)
    body = json.dumps({"network": "x", "external_id": name, "customer": customer, "text": text, "posted_at": now.isoformat()})
    signature = Webhook(SECRET).sign(name, now, body)
    headers = {"webhook-id": name, "webhook-timestamp": str(int(now.timestamp())), "webhook-signature": signature}
    return body.encode(), headers
