"""How the mood of a day relates to what people label: the share of negative and of angry texts among calm, upset and angry ones.

`python -m tests.bench.moods`; the last line is JSON. The texts are read from a folder beside the repository and not shipped.
"""

import csv
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from flows.triage.anger import AngerReader
from tests.builders import data_breach

DATA = Path(__file__).parents[2].parent / "shared/data"
SENTIMENT = {"en": "english", "es": "spanish", "fr": "french"}
UPSET, ANGRY = 0.3, 0.6  # from here on, as the counts of mentions say
BINS = (0.0, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9)
NEGATIVE = {"0", "anger", "disgust", "sadness", "fear"}


def sentiment(language: str) -> Iterator[tuple[str, str]]:
    """(text, 0 negative, 1 neutral, 2 positive)"""
    folder = DATA / "umsab_sentiment" / SENTIMENT[language]
    for part in ("train", "val"):
        texts = (folder / f"{part}_text.txt").read_text(encoding="utf-8").split("\n")
        labels = (folder / f"{part}_labels.txt").read_text(encoding="utf-8").split()
        yield from zip(texts, labels, strict=False)


def emotions(language: str) -> Iterator[tuple[str, str]]:
    for file in sorted((DATA / "emoevent" / language).glob("*.tsv")):
        with file.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
                yield row["tweet"], row["emotion"]


def mood(anger: float, upset: float = UPSET, angry: float = ANGRY) -> str:
    return "angry" if anger >= angry else "upset" if anger >= upset else "calm"


def table(pairs: Sequence[tuple[str, str]], reader: AngerReader) -> dict[str, object]:
    """By mood: (how many, the share of negative ones, the share of those labelled as anger or disgust); and by finer steps of anger."""
    scores = [float(one) for one in reader.read([text for text, _ in pairs])]
    by_mood, fine = Counter[tuple[str, str]](), Counter[tuple[float, bool]]()
    for score, (_, label) in zip(scores, pairs, strict=True):
        by_mood[mood(score), label] += 1
        fine[max(step for step in BINS if score >= step), label in NEGATIVE] += 1
    return {
        "moods": {name: _shares(by_mood, name) for name in ("calm", "upset", "angry")},
        "negative_from": {str(step): _share(fine[step, True], fine[step, False]) for step in BINS},
    }


def _shares(counts: Counter[tuple[str, str]], name: str) -> dict[str, float]:
    labels = {label: n for (mood_, label), n in counts.items() if mood_ == name}
    n, angry = sum(labels.values()), sum(labels.get(one, 0) for one in ("anger", "disgust"))
    negative = sum(count for label, count in labels.items() if label in NEGATIVE)
    return {"n": n, "negative": round(negative / max(n, 1), 3), "angry": round(angry / max(n, 1), 3)}


def _share(some: int, others: int) -> list[float]:
    return [some + others, round(some / max(some + others, 1), 3)]


def main() -> None:
    if not DATA.is_dir():
        print(json.dumps({"skipped": f"no {DATA}"}))
        return
    reader = AngerReader(data_breach())
    found = {f"sentiment_{language}": table(list(sentiment(language)), reader) for language in SENTIMENT}
    found |= {f"emotion_{language}": table(list(emotions(language)), reader) for language in ("en", "es")}
    for name, one in found.items():
        print(name, json.dumps(one))
    print(json.dumps({name: one["moods"] for name, one in found.items()}))


if __name__ == "__main__":
    main()
