"""Measures the checks of drafts on the labelled sentences that the project ships (`--sealed` once, at the very end), and their speed.

The opened half was read by the checks' authors and taught from, so a taught check is judged there by what it learns without the
sentences of the same situations (in any language); phrases written after reading it still flatter it. The unopened half does not.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from flows.checks import CHECKS, Draft, Fact, Recent, Surroundings, check
from flows.checks.examples import TAUGHT, shipped_examples
from flows.checks.plain import plain
from flows.checks.stance import ENCODED, Taught, read_sentences, semantic
from flows.checks.teaching import in_place, shipped, teach
from tests.bench.progress import finish, say, table, watched

SETS = Path(__file__).parent / "check_sets"
LANGUAGES = ("en", "es", "fr")
ALLOWED = ("meridia.example", "help.meridia.example")
RECENT, LETTERS, RUNS = 10_000, 280, 600
GOALS = {"precision": 0.95, "recall": 0.85}
P99_MS = 50.0
FOLDS = 6
HALVES = {"opened": ("dev", "opened1", "opened2"), "unopened": ("unopened",)}
Row = Mapping[str, Any]
Pairs = dict[str, list[tuple[bool, bool]]]


def rows(language: str, half: str) -> Iterator[Row]:
    """Each with its fold: the languages tell much the same situations in the same order, and a pair shares its situation."""
    for part in HALVES[half]:
        seen: Counter[str] = Counter()
        for line in (SETS / f"{language}.{part}.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            yield {**row, "fold": seen[row["check"]] // 2 % FOLDS}
            seen[row["check"]] += 1


def draft_of(row: Row) -> Draft:
    return Draft(row["draft"], row["language"], private=row["private"])


def surroundings_of(row: Row, recent: Recent | None = None) -> Surroundings:
    facts = tuple(row.get("facts") or ())
    return Surroundings(
        customer_text=row["customer"],
        customer_turns=tuple(row["customer"].split("\n")),
        name=row.get("name"),
        facts=tuple(Fact(text) for text in facts),
        recent=recent or Recent(row.get("recent") or ()),
        allowed_hosts=ALLOWED,
        own_contacts=facts if row["check"] == "personal_data" else (),
    )


def judged(row: Row) -> bool:
    return bool(check(draft_of(row), surroundings_of(row), only=(row["check"],)))


def sentences_of(row: Row) -> set[str]:
    """All that an example may have been made of."""
    texts = [plain(text) for text in (row["draft"], *row["customer"].split("\n"))]
    parts = {text.original[slice(*text.at(one.start, one.end))] for text in texts for one in text.sentences}
    return {" ".join(text.split()) for text in parts | {text.original for text in texts}}


def learnt_without(held: Sequence[Row], name: str, *, meaning: bool) -> Taught:
    unseen = set().union(*(sentences_of(row) for row in held))
    return teach([one for one in shipped_examples() if one.text not in unseen], (name,), semantic=meaning)


def quality(labelled: Sequence[Row], half: str, *, meaning: bool, show_misses: bool) -> dict[str, Pairs]:
    """Language → check → (found, true) for each sentence. `meaning`: with the encoder."""
    found: dict[str, Pairs] = {}
    folds = groupby(sorted(labelled, key=_fold), key=_fold)
    for (name, fold), group in watched([(key, list(group)) for key, group in folds], "checks and folds"):
        crossed = half == "opened" and name in TAUGHT
        with in_place(learnt_without(group, name, meaning=meaning) if crossed else shipped(semantic=meaning)):
            for row in group:
                verdict = judged(row)
                found.setdefault(row["language"], {}).setdefault(name, []).append((verdict, row["finding"]))
                if show_misses and verdict != row["finding"]:
                    side = "missed" if row["finding"] else "wrong"
                    say(f"{name} {row['language']} fold {fold} {side}: {row['draft']} << {row['customer']!r}")
    return found


def _fold(row: Row) -> tuple[str, int]:
    return row["check"], row["fold"]


def joined(found: Mapping[str, Pairs]) -> Pairs:
    together: Pairs = {}
    for pairs_of in found.values():
        for name, pairs in pairs_of.items():
            together.setdefault(name, []).extend(pairs)
    return together


def scored(pairs: Sequence[tuple[bool, bool]]) -> dict[str, float]:
    right = sum(found and true for found, true in pairs)
    told, real = sum(found for found, _ in pairs), sum(true for _, true in pairs)
    return {"precision": round(right / told, 4) if told else 0.0, "recall": round(right / real, 4) if real else 0.0}


def long_drafts(labelled: Sequence[Row]) -> list[str]:
    """Drafts of exactly so many letters, joined from real ones."""
    chance, texts = random.Random(7), [row["draft"] for row in labelled]
    return [" ".join(chance.sample(texts, 8))[:LETTERS].ljust(LETTERS, ".") for _ in range(RUNS)]


def replies(labelled: Sequence[Row]) -> Recent:
    """Ten thousand replies as a crisis makes them: many alike, none the same."""
    chance, texts = random.Random(11), [row["draft"] for row in labelled]
    return Recent(f"{' '.join(chance.sample(texts, 2))} {chance.randrange(10**6)}" for _ in range(RECENT))


def speed(labelled: Sequence[Row]) -> dict[str, float]:
    recent, spent, used = replies(labelled), [], []
    chosen = random.Random(3).choices(labelled, k=RUNS)
    for row in chosen[:30]:
        check(draft_of(row), surroundings_of(row, recent))  # word lists and models are loaded at the first use
    for row, text in watched(list(zip(chosen, long_drafts(labelled), strict=True)), f"{RUNS} drafts against {RECENT} replies"):
        draft, surroundings = Draft(text, row["language"], network_limit=280), surroundings_of(row, recent)
        ENCODED.clear()  # a real draft's sentences are new, these are drawn from few
        read_sentences.cache_clear()
        started, worked = time.perf_counter(), time.process_time()
        check(draft, surroundings)
        spent.append(1_000 * (time.perf_counter() - started))
        used.append(1_000 * (time.process_time() - worked))
    return {**quantiles(spent, ""), **quantiles(used, "_cpu")}


def quantiles(times: Sequence[float], kind: str) -> dict[str, float]:
    """Wall-clock time, or the processor's, which other work on the machine does not lengthen."""
    ordered = sorted(times)
    return {f"p{part}{kind}_ms": round(ordered[int(len(ordered) * part / 100)], 2) for part in (50, 99)}


def show(title: str, scores: Mapping[str, Mapping[str, float]]) -> None:
    lines = []
    for name in [one for one in CHECKS if one in scores]:
        numbers = scores[name]
        met = all(numbers[key] >= goal for key, goal in GOALS.items())
        lines.append((name, f"{numbers['precision']:.3f}", f"{numbers['recall']:.3f}", "met" if met else "missed"))
    table(title, ("check", "precision", "recall", ""), lines)


def measured(labelled: Sequence[Row], half: str, *, meaning: bool, show_misses: bool) -> dict[str, Any]:
    say("with the encoder of the extra `semantic`" if meaning else "without the encoder of the extra `semantic`")
    found = quality(labelled, half, meaning=meaning, show_misses=show_misses)
    by_language = {language: {name: scored(pairs) for name, pairs in each.items()} for language, each in found.items()}
    for language, scores in by_language.items():
        show(language, scores)
    together = joined(found)
    scores = {name: scored(together[name]) for name in CHECKS if name in together}
    show("all languages", scores)
    return {"checks": scores, "languages": by_language}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sealed", action="store_true", help="open the unopened half: once, when all work is done")
    parser.add_argument("--only", nargs="*", default=[], help="measure only these checks")
    parser.add_argument("--misses", action="store_true", help="show each sentence judged wrongly (opened half only)")
    parser.add_argument("--languages", nargs="*", default=LANGUAGES)
    asked = parser.parse_args()
    half = "unopened" if asked.sealed else "opened"
    say(f"sentences: {half} half, {', '.join(asked.languages)}")
    labelled = [row for name in asked.languages for row in rows(name, half) if not asked.only or row["check"] in asked.only]
    misses = asked.misses and half == "opened"
    kinds = (False, True) if semantic() and any(row["check"] in TAUGHT for row in labelled) else (semantic(),)
    results = [measured(labelled, half, meaning=kind, show_misses=misses and kind == kinds[-1]) for kind in kinds]
    times = speed(labelled)
    say(
        f"a draft of {LETTERS} letters against {RECENT} replies: p50 {times['p50_ms']} ms, p99 {times['p99_ms']} ms (goal {P99_MS}) by the clock"
    )
    say(f"  of which the processor worked p50 {times['p50_cpu_ms']} ms, p99 {times['p99_cpu_ms']} ms")
    without = {"without_encoder": results[0]["checks"]} if len(kinds) > 1 else {}
    finish({**results[-1], **times, **without, "half": half, "encoder": kinds[-1]})


if __name__ == "__main__":
    main()
