"""How well messages are grouped by what they ask: on labelled questions, and read by eye on real ones in three languages.

`python -m tests.bench.voices`; the last line is JSON. The messages are read from a folder beside the repository and not shipped.
"""

import csv
import json
import math
import random
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

from flows.triage.questions import asks
from flows.voices import Group, Voice, group, show

DATA = Path(__file__).parents[2].parent / "shared/data"
SHOWN = 8
REAL = {
    "es": ("banks_es_2020/tweets.csv", None),
    "fr": ("free_telecom_fr/ordinary_stream.csv", "brand"),
    "en": ("twcs_sample_en/inbound.csv", None),
}


def said_by_customers(language: str) -> list[Voice]:
    """Real messages, those of the company itself left out."""
    file, ours = REAL[language]
    with (DATA / file).open(encoding="utf-8", newline="") as lines:
        texts = [row["text"] for row in csv.DictReader(lines) if ours is None or row["author_kind"] != ours]
    return [Voice(text, language, asks=asks(text)) for text in texts]


def labelled(seed: int = 0) -> tuple[list[Voice], list[str]]:
    """Questions to a bank with their intents, the first of which many ask and the last few, as it is in life."""
    by_intent: dict[str, list[str]] = defaultdict(list)
    with (DATA / "banking77/train.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            by_intent[row["category"]].append(row["text"])
    dice, intents = random.Random(seed), sorted(by_intent)
    dice.shuffle(intents)
    pairs = [(text, one) for rank, one in enumerate(intents) for text in by_intent[one][: max(3, int(180 / (1 + 0.35 * rank)))]]
    dice.shuffle(pairs)
    return [Voice(text, "en", asks=asks(text)) for text, _ in pairs], [intent for _, intent in pairs]


def purity(groups: Sequence[Group], intents: Sequence[str]) -> float:
    """The share of messages in a group whose intent is that of most of it."""
    right = sum(Counter(intents[place] for place in one.members).most_common(1)[0][1] for one in groups)
    return right / max(1, sum(len(one.members) for one in groups))


def nmi(groups: Sequence[Group], intents: Sequence[str]) -> float:
    """Normalised mutual information of groups and intents, of all messages; those in no group are one of their own."""
    place_of = {place: number for number, one in enumerate(groups) for place in one.members}
    labels = [place_of.get(place, -1) for place in range(len(intents))]
    both, own, theirs, n = Counter(zip(labels, intents, strict=True)), Counter(labels), Counter(intents), len(intents)
    shared = sum(count / n * math.log(count * n / (own[one] * theirs[other])) for (one, other), count in both.items())
    spread = [-sum(count / n * math.log(count / n) for count in counts.values()) for counts in (own, theirs)]
    return 2 * shared / max(sum(spread), 1e-9)


def measured(seed: int = 0) -> dict[str, float]:
    voices, intents = labelled(seed)
    group(voices[:50])  # the word lists are read once
    began = time.process_time()
    groups = group(voices)
    seconds = time.process_time() - began
    first = groups[:SHOWN]
    return {
        "messages": len(voices),
        "groups": len(groups),
        "covered": round(sum(len(one.members) for one in groups) / len(voices), 3),
        "purity": round(purity(groups, intents), 3),
        "purity_of_the_first": round(purity(first, intents), 3),
        "intents_of_the_first": len({Counter(intents[place] for place in one.members).most_common(1)[0][0] for one in first}),
        "nmi": round(nmi(groups, intents), 3),
        "seconds": round(seconds, 3),
    }


def read_aloud(language: str) -> None:
    voices = said_by_customers(language)
    began = time.process_time()
    groups = sorted(group(voices), key=lambda one: -one.n * (0.3 + one.asks))[:SHOWN]
    print(f"-- {language}: {len(voices)} messages, {time.process_time() - began:.2f} s")
    for one in groups:
        shown = show(one, voices)
        if shown:
            print(f"{one.n:5.0f}  {shown.words}", *(f"         {other}" for other in shown.others), sep="\n")


def main() -> None:
    if not DATA.is_dir():
        print(json.dumps({"skipped": f"no {DATA}"}))
        return
    for language in REAL:
        read_aloud(language)
    print(json.dumps({f"seed_{seed}": measured(seed) for seed in (0, 5)}))


if __name__ == "__main__":
    main()
