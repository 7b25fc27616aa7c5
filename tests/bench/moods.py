"""How near the mood of a day comes to what people label: who of the negative is heard, who of those heard is negative, and the day's share.

`python -m tests.bench.moods [dev]`; the last line is JSON: for each set what anger alone said and what the mood says. Words and weights were
chosen on `dev`; no text of `test` was looked at to choose them. Of the customers' messages only our own labels are shipped
(mood_labels.json: rows of the files, labelled before the machine's answer was seen; a plain report of a fault counts as calm); the texts
are read from a folder beside the repository.
"""

import csv
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import process_time

from flows.triage.anger import AngerReader
from flows.triage.language import LanguageReader
from flows.triage.mood import ANGRY, UPSET, moods
from flows.triage.mood_words import words_of
from tests.builders import data_breach

DATA = Path(__file__).parents[2].parent / "shared/data"
LABELS = json.loads(Path(__file__).with_name("mood_labels.json").read_text(encoding="utf-8"))
LANGUAGES = ("en", "es", "fr")
SENTIMENT = {"en": "english", "es": "spanish", "fr": "french"}
CUSTOMERS = {"en": "twcs_sample_en/inbound.csv", "es": "banks_es_2020/tweets.csv", "fr": "free_telecom_fr/ordinary_stream.csv"}
NEGATIVE = ("anger", "disgust", "sadness", "fear")
SHARES = (0.1, 0.3, 0.5, 0.7)
Labelled = list[tuple[str, bool]]  # whether it is negative


def sentiment(language: str, half: str) -> Labelled:
    """Tweets about anything, a third each negative, neutral and positive. The test half is every other line of `train`."""
    return [(text, label == "0") for part, number, text, label in _tweets(language) if _half(part, number) == half]


def _tweets(language: str) -> Iterator[tuple[str, int, str, str]]:
    folder = DATA / "umsab_sentiment" / SENTIMENT[language]
    for part in ("train", "val"):
        texts = (folder / f"{part}_text.txt").read_text(encoding="utf-8").split("\n")
        labels = (folder / f"{part}_labels.txt").read_text(encoding="utf-8").split()
        for number, (text, label) in enumerate(zip(texts, labels, strict=False)):
            yield part, number, text, label


def emotions(language: str, half: str) -> Labelled:
    """Tweets about events of 2019; surprise may be either and is left out."""
    found = []
    for part in ("train", "dev"):
        with (DATA / "emoevent" / language / f"{part}.tsv").open(encoding="utf-8", newline="") as lines:
            for number, row in enumerate(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)):
                if row["emotion"] != "surprise" and _half(part, number) == half:
                    found.append((row["tweet"], row["emotion"] in NEGATIVE))
    return found


def customers(language: str, half: str) -> Labelled:
    with (DATA / CUSTOMERS[language]).open(encoding="utf-8", newline="") as lines:
        texts = [row["text"] for row in csv.DictReader(lines) if row.get("author_kind", "public") == "public"]
    return [(texts[row], name == "negative") for name, rows in LABELS[language][half].items() for row in rows]


def _half(part: str, number: int) -> str:
    return "test" if part == "train" and number % 2 else "dev"


def sets(half: str) -> dict[str, tuple[str, Labelled]]:
    found = {f"customers_{language}": (language, customers(language, half)) for language in LANGUAGES}
    found |= {f"sentiment_{language}": (language, sentiment(language, half)) for language in LANGUAGES}
    return found | {f"emotion_{language}": (language, emotions(language, half)) for language in ("en", "es")}


def judged(scores: Sequence[float], truth: Sequence[bool]) -> dict[str, object]:
    """Also the share that would be told of days on which other shares of the same messages were negative."""
    heard = [one >= UPSET for one in scores]
    both = sum(a and b for a, b in zip(heard, truth, strict=True))
    recall, alarm = both / sum(truth), (sum(heard) - both) / (len(truth) - sum(truth))
    return {
        "recall": round(recall, 2),
        "precision": round(both / max(sum(heard), 1), 2),
        "share": [round(sum(heard) / len(truth), 2), round(sum(truth) / len(truth), 2)],
        "angry": round(sum(one >= ANGRY for one in scores) / len(truth), 2),
        "days": {f"{share:.0%}": f"{share * recall + (1 - share) * alarm:.0%}" for share in SHARES},
    }


def milliseconds(texts: Sequence[str], language: str) -> float:
    """For one text whose words are read already, as they are when the mood is asked."""
    best = float("inf")
    for _ in range(5):
        spent = 0.0
        for start in range(0, len(texts), 64):
            batch = texts[start : start + 64]
            _ = [words_of(text) for text in batch]
            began = process_time()
            moods(batch, [language] * len(batch), [0.0] * len(batch))
            spent += process_time() - began
        best = min(best, spent)
    return round(1_000 * best / len(texts), 3)


def main(half: str) -> None:
    if not DATA.is_dir():
        print(json.dumps({"skipped": f"no {DATA}"}))
        return
    reader, tongue, found = AngerReader(data_breach()), LanguageReader(LANGUAGES), {}
    for name, (language, pairs) in sets(half).items():
        texts, truth = [text for text, _ in pairs], [negative for _, negative in pairs]
        anger = [float(one) for one in reader.read(texts)]
        languages = tongue.read_many(texts, [None] * len(texts))
        found[name] = {"n": len(texts), "anger": judged(anger, truth), "mood": judged(moods(texts, languages, anger), truth)}
        found[name]["ms"] = milliseconds(texts, language)
        print(name, json.dumps(found[name]), flush=True)
    print(json.dumps({"half": half, **found}))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "test")
