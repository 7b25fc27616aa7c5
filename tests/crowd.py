"""A crowd that writes to us: real messages that lie beside the repository, or as many made of the FLOW's own examples."""

import csv
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random

from bot.wire import read_mention
from handlers.ports import Mention
from tests.builders import ROOT, data_breach

DATA = ROOT.parent / "shared" / "data"
REAL = (
    ("free_telecom_fr/ordinary_stream.csv", "fr"),
    ("banks_es_2020/tweets.csv", "es"),
    ("banks_es_2020/reviews.csv", "es"),
    ("twcs_sample_en/inbound.csv", "en"),
    ("crisislex_t6/2013_Alberta_Floods.csv", "en"),
)
BEGAN = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
AGAIN = 10  # every so many messages somebody writes again in a conversation of theirs


class NoRealMessages(Exception):
    """They are not on this machine. The message says where they were looked for."""


def real_texts() -> Iterator[tuple[str, str]]:
    """(text, language), each text once; raises NoRealMessages."""
    missing = [name for name, _ in REAL if not (DATA / name).exists()]
    if missing:
        raise NoRealMessages(f"not in {DATA.name}/: {', '.join(missing)}")
    seen: set[str] = set()
    for name, language in REAL:
        with (DATA / name).open(encoding="utf-8", newline="") as rows:
            for row in csv.DictReader(rows):
                if row["text"].strip() and row["text"] not in seen:
                    seen.add(row["text"])
                    yield row["text"], language


def made_texts(seed: int = 1) -> Iterator[tuple[str, str]]:
    """(text, language) without end: two of FLOW's examples, an account that is called and a figure or two."""
    chance, flow = Random(seed), data_breach()
    spoken: dict[str, list[str]] = {}
    for vocabulary in (flow.crisis, flow.ordinary, flow.anger, *(tag.vocabulary for tag in flow.tags.values())):
        for language, texts in vocabulary.examples.items():
            spoken.setdefault(language, []).extend(texts)
    while True:
        language = chance.choice(sorted(spoken))
        one, other = chance.sample(spoken[language], 2)
        yield f"@user{chance.randrange(10_000)} {one} {other} {chance.randrange(1_000_000)}", language


def mixed(texts: Iterator[tuple[str, str]], count: int) -> list[tuple[str, str]]:
    """So many of them, languages shuffled into each other."""
    taken = list(islice(texts, count))
    Random(2).shuffle(taken)
    return taken


def lines(texts: list[tuple[str, str]], *, again: int = AGAIN, prefix: str = "") -> list[str]:
    """Each text as a message on the wire; `again` 0 lets nobody write twice."""
    return [json.dumps(_wire(n, text, language, again, prefix), ensure_ascii=False) for n, (text, language) in enumerate(texts)]


def mentions(texts: list[tuple[str, str]], *, again: int = AGAIN, prefix: str = "") -> list[Mention]:
    return [read_mention(line, "crowd") for line in lines(texts, again=again, prefix=prefix)]


def _wire(number: int, text: str, language: str, again: int, prefix: str) -> dict[str, object]:
    writer = f"{prefix}{number - again // 2 if again and number % again == again - 1 else number}"
    return {
        "network": "x",
        "external_id": f"m{prefix}{number}",
        "conversation_id": f"c{writer}",
        "customer": {"external_id": f"u{writer}", "handle": f"@customer_{writer}", "name": f"Customer {writer}", "reach": number % 5000},
        "text": text,
        "posted_at": (BEGAN + timedelta(seconds=number / 10)).isoformat(),
        "url": f"https://x.example/status/{prefix}{number}",
        "language": language if number % 3 else None,
    }


def write(path: Path, written: list[str]) -> Path:
    path.write_text("\n".join(written) + "\n", encoding="utf-8")
    return path
