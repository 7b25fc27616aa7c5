"""Reads the labelled sets that the triage bench judges by; a set that is not there raises `MissingSetError`."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from flows.flow import Flow, Tag, Vocabulary
from flows.loader import load_flow
from flows.severity import Severity

ROOT = Path(__file__).resolve().parents[2]
PUBLIC = ROOT.parent / "shared" / "data"
SENTENCES = Path(__file__).parent / "triage_sets"
DEFINITIONS = ROOT / "flows" / "definitions"
LANGUAGES = ("en", "es", "fr")

Labelled = list[tuple[str, str]]  # text, label


class MissingSetError(Exception):
    """A public set that is not on this machine."""


@dataclass(frozen=True)
class Sentence:
    text: str
    crisis: bool
    tags: tuple[str, ...]


def _lines(path: Path) -> list[str]:
    if not path.exists():
        raise MissingSetError(f"no {path}")
    return path.read_text(encoding="utf-8").rstrip("\n").split("\n")


def _table(name: str) -> list[dict[str, str]]:
    path = PUBLIC / name
    if not path.exists():
        raise MissingSetError(f"no {path}")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def banking77(part: str) -> Labelled:
    """The official split: `train` or `test`."""
    return [(row["text"], row["category"]) for row in _table(f"banking77/{part}.csv")]


def emotions(part: str) -> Labelled:
    """TweetEval's emotion set, `train` or `val`: its test half is not at hand."""
    names = dict(line.split("\t") for line in _lines(PUBLIC / "tweeteval/emotion/mapping.txt"))
    texts, labels = (_lines(PUBLIC / f"tweeteval/emotion/{part}_{what}.txt") for what in ("text", "labels"))
    return [(text, names[label]) for text, label in zip(texts, labels, strict=True)]


def near_duplicates() -> list[tuple[bool, str, str]]:
    """Pairs of texts: are they near-duplicates?"""
    return [(row["near_dup"] == "1", row["a"], row["b"]) for row in _table("neardup_pairs/pairs.csv")]


def languages() -> Mapping[str, Labelled]:
    """Sets of short messages with their language, those in the three languages of the product."""
    carter = [line.split("\t", 1) for line in _lines(PUBLIC / "twitterlid_carter/train.tsv")]
    sets = {
        "twitterlid_carter": [(text, language) for language, text in carter if language in LANGUAGES],
        "free_telecom_fr": [(row["text"], "fr") for row in _table("free_telecom_fr/ordinary_stream.csv")],
        "banks_es_2020": [(row["text"], "es") for row in _table("banks_es_2020/tweets.csv")],
        "twcs_sample_en": [(row["text"], "en") for row in _table("twcs_sample_en/inbound.csv")],
    }
    for language, name in zip(LANGUAGES, ("english", "spanish", "french"), strict=True):
        sets[f"umsab_{language}"] = [
            (text, language) for part in ("train", "val") for text in _lines(PUBLIC / f"umsab_sentiment/{name}/{part}_text.txt") if text
        ]
    return sets


def sentences(language: str, half: str) -> list[Sentence]:
    """Sentences on the product's own crisis, written by somebody other than the author of the triage."""
    rows = map(json.loads, _lines(SENTENCES / f"{language}.{half}.jsonl"))
    return [Sentence(row["text"], row["crisis"], tuple(row["tags"])) for row in rows]


def shipped_flow() -> Flow:
    """The FLOW that ships, loaded as the product loads it."""
    return load_flow({path.name: path.read_text(encoding="utf-8") for path in sorted(DEFINITIONS.glob("data_breach*.yaml"))})


def flow_of(examples: Labelled, labels: Iterable[str] = (), anger: Iterable[str] = (), ordinary: Iterable[str] = ()) -> Flow:
    """A FLOW whose tags are a set's labels, so that public sets drive the engine that ships."""
    gathered: dict[str, list[str]] = {label: [] for label in sorted({*labels, *(label for _, label in examples)})}
    for text, label in examples:
        gathered[label].append(text)
    return Flow(
        name="bench",
        version=1,
        title=MappingProxyType({"en": "bench"}),
        channels=("crisis", "ordinary"),
        crisis=_vocabulary(()),
        crisis_channel="crisis",
        ordinary=_vocabulary(ordinary),
        ordinary_channel="ordinary",
        anger=_vocabulary(anger),
        tags={label: _tag(label, texts) for label, texts in gathered.items()},
        kinds={},
        first_told=(),
    )


def _tag(label: str, texts: Iterable[str]) -> Tag:
    return Tag(label, {"en": label.replace("_", " ")}, Severity.NORMAL, "crisis", _vocabulary(texts))


def _vocabulary(texts: Iterable[str]) -> Vocabulary:
    return Vocabulary(words={}, examples={"en": tuple(texts)})
