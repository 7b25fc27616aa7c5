"""What a crowd writes in two days of a crisis: everyday questions, then the breach, hour by hour, on five networks and in three languages."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from random import Random

from handlers.ports import Customer, Mention
from tests import crowd
from tests.builders import ROOT, data_breach

QUARTER = timedelta(minutes=15)
QUARTERS = 4 * 48
ENDS = datetime(2026, 11, 22, 7, 30, tzinfo=UTC)  # half past eight in Madrid, when the daily digest is owed
BEGINS = ENDS - QUARTERS * QUARTER
KNOWN = 4 * 9  # the quarter in which the breach becomes known: in the afternoon before the day of the storm
NETWORKS = {"x": 40, "facebook": 22, "instagram": 15, "email": 15, "mastodon": 8}
ASKED = {
    "my_data": 20, "phishing": 13, "password": 12, "rumour": 9, "delete_account": 8, "data_request": 8, "compensation": 7, "account_access": 6, "thanks": 4,
    "money_missing": 4, "identity_theft": 3, "legal_threat": 3, "vulnerable_person": 1.5, "employee": 0.7, "press": 0.6, "regulator": 0.3, "threat_to_life": 0.3, "extortion": 0.2,
}  # fmt: skip


def weights() -> list[float]:
    """How much comes in, quarter by quarter: everyday questions, the evening on which it gets known, a night, the day on which all papers have it."""
    found = []
    for number in range(QUARTERS):
        hour = (BEGINS + number * QUARTER).hour
        awake = 1.0 if 7 <= hour < 22 else 0.25
        known = number - KNOWN
        evening = 5 * max(0.0, 1 - abs(known - 8) / 16) if known >= 0 else 0.0
        storm = 14 * max(0.0, 1 - abs(number - 4 * 26) / 30) + 8 * max(0.0, 1 - abs(number - 4 * 36) / 36)
        found.append(awake * (1 + evening + storm))
    return found


def shares(count: int) -> list[int]:
    """So many mentions, cut into quarters; nothing is lost by rounding."""
    total, given, sofar, found = sum(weights()), 0, 0.0, []
    for weight in weights():
        sofar += weight
        found.append(round(count * sofar / total) - given)
        given += found[-1]
    return found


def _samples() -> Iterator[tuple[str, str]]:
    for file in sorted((ROOT / "samples").glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            said = json.loads(line)
            yield said["text"], said.get("language") or file.stem


def _about(chance: Random, count: int) -> Iterator[tuple[str, str]]:
    """FLOW's own examples as often as such things are asked, one in three said angrily, no two alike."""
    flow = data_breach()
    tags = list(flow.tags)
    weights = [ASKED.get(tag, 1) for tag in tags]
    for _ in range(count):
        language = chance.choice(("en", "es", "es", "fr"))
        said = [chance.choice(flow.tags[chance.choices(tags, weights)[0]].vocabulary.examples[language])]
        if chance.random() < 0.33:
            said.insert(chance.randrange(2), chance.choice(flow.anger.examples[language]))
        yield f"@meridia_{chance.randrange(30)} {' '.join(said)} {chance.randrange(100_000)}", language


def _ordinary(count: int) -> tuple[list[tuple[str, str]], str]:
    """Real messages of all sources, evenly; without them what the samples and FLOW's examples give."""
    try:
        real = list(crowd.real_texts())
    except crowd.NoRealMessages as error:
        return list(islice(crowd.made_texts(seed=3), count)), f"everyday ones made of FLOW's examples ({error})"
    return real[:: max(1, len(real) // count)][:count], "everyday ones real"


def texts(count: int) -> tuple[list[tuple[str, str]], list[tuple[str, str]], str]:
    """(about the crisis, everyday, where they come from), each so many."""
    chance, ordinary = Random(7), _ordinary(count)
    crisis = [*_samples(), *_about(chance, count)][:count]
    for some in (crisis, ordinary[0]):
        chance.shuffle(some)
    return crisis, ordinary[0], f"{min(300, count)} of samples/, the others about the crisis of FLOW's examples; {ordinary[1]}"


def arrivals(count: int) -> list[list[Mention]]:
    """By quarter. One in ten belongs to a conversation that has begun; who writes by email writes in private."""
    chance = Random(11)
    about, everyday, _ = texts(count)
    begun: list[Mention] = []
    found = []
    for number, share in enumerate(shares(count)):
        mine = []
        for _ in range(share):
            crisis = number >= KNOWN and chance.random() < 0.78
            one = _mention(len(begun), *(about if crisis else everyday).pop(), chance, BEGINS + number * QUARTER, begun)
            begun.append(one)
            mine.append(one)
        found.append(mine)
    return found


def _mention(number: int, text: str, language: str, chance: Random, at: datetime, begun: Sequence[Mention]) -> Mention:
    before = chance.choice(begun) if begun and number % 10 == 9 else None
    network = before.network if before else chance.choices(list(NETWORKS), list(NETWORKS.values()))[0]
    reach = round(10 ** chance.uniform(0.5, 5.2))
    writer = before.customer if before else Customer(f"u{number}", f"@customer_{number}", f"Customer {number}", reach=reach)
    return Mention(
        network=network, external_id=f"m{number}", conversation_id=before.conversation_id if before else f"c{number}", customer=writer,
        text=text, posted_at=at, private=network == "email", url=f"https://{network}.example/status/{number}",
        language=language if number % 3 else None,
    )  # fmt: skip
